"""Names of files and folders that Interlock uses; nothing is imported here, because the no-op path needs them."""

DEFAULT_FOLDER = ".interlock"
PIXI_FOLDER = ".pixi"
LOCK_NAME = "interlock.lock"
# In the folder of a project, while its manifest and its lock are written.
EDITS = "edits"
