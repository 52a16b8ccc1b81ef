"""From a folder or archive to committed evidence: walk, digest, recognise, read, commit."""
