"""Names of files and folders that Interlock uses, and names of packages as they are compared.

Nothing is imported here, because the no-op path needs them.
"""

DEFAULT_FOLDER = ".interlock"
PIXI_FOLDER = ".pixi"
ENVIRONMENT_YML = ("environment.yml", "environment.yaml")
LOCK_NAME = "interlock.lock"
# In the folder of a project, while its manifest and its lock are written.
EDITS = "edits"

_DASHES = {ord("_"): "-", ord("."): "-"}


def normal_name(name: str) -> str:
    """A name of PyPI in its normal form (PEP 503), as ``packaging`` has it, which takes 15 ms to import."""
    found = name.lower().translate(_DASHES)
    while "--" in found:
        found = found.replace("--", "-")
    return found
