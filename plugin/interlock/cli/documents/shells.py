"""``env shell``, ``env shell-hook`` and ``completion``."""

from typing import Annotated, TypedDict


class EnvShell(TypedDict):
    """How a shell ended."""

    environment: str
    shell: str
    status: Annotated[int, "its exit code"]


class EnvShellHook(TypedDict):
    """What activates an environment."""

    environment: str
    environment_variables: Annotated[dict[str, str], "the variables to set"]
    unset_variables: Annotated[list[str], "the variables to remove"]


class Completion(TypedDict):
    """What makes a shell complete commands."""

    shell: str
    script: Annotated[str, "the script that the shell has to read"]
