"""Questions that people ask of a workspace's tables; the command line and later the workbench show the answers."""
