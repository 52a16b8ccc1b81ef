"""Known hashes: files compared with hash lists, exactly and nearly, and what hashes alone say of series."""

from tanglaw.hashes.stage import HASHES

__all__ = ["HASHES"]
