"""The documents of commands about shells: ``env shell``, ``env shell-hook`` and ``completion``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlock.cli.documents.shells import Completion, EnvShell, EnvShellHook
    from interlock.project.shells import Variables


def shell_document(environment: str, shell: str, status: int) -> EnvShell:
    """``env shell``: how the shell ended."""
    return {"environment": environment, "shell": shell, "status": status}


def hook_document(environment: str, variables: Variables) -> EnvShellHook:
    """``env shell-hook``: the variables to set, under pixi's name for them, and those to remove."""
    return {
        "environment": environment,
        "environment_variables": variables.set,
        "unset_variables": variables.unset,
    }


def completion_document(shell: str, script: str) -> Completion:
    """``completion``: the script, and the shell that can read it."""
    return {"shell": shell, "script": script}
