"""The documents of commands about shells: ``env shell``, ``env shell-hook`` and ``completion``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interlock.project.shells import Variables


def shell_document(environment: str, shell: str, status: int) -> dict[str, Any]:
    """``env shell``: how the shell ended."""
    return {"environment": environment, "shell": shell, "status": status}


def hook_document(environment: str, variables: Variables) -> dict[str, Any]:
    """``env shell-hook``: the variables to set, under pixi's name for them, and those to remove."""
    return {
        "environment": environment,
        "environment_variables": variables.set,
        "unset_variables": variables.unset,
    }


def completion_document(shell: str, script: str) -> dict[str, Any]:
    """``completion``: the script, and the shell that can read it."""
    return {"shell": shell, "script": script}
