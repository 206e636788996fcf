"""Which shell a command was called from."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psutil import Process

# Those for which there are scripts, and those in which an environment can be used.
SCRIPTED = ("bash", "zsh", "fish", "sh")
INTERACTIVE = ("bash", "zsh", "fish")

_SH = frozenset({"sh", "dash", "ash", "busybox", "mksh"})
# Found as well, so that nobody gets a script for the shell outside of theirs.
_OTHERS = frozenset({"csh", "tcsh", "ksh", "nu", "xonsh", "elvish", "pwsh", "powershell", "oil", "osh", "ysh"})


@dataclass(frozen=True, slots=True)
class Shell:
    """A shell by its ``name`` (one of :data:`SCRIPTED`, or of a shell that is not supported), and its program."""

    name: str
    program: str


def calling_shell() -> Shell | None:
    """The shell that this process was called from, else the user's (``$SHELL``), else ``None``."""
    import psutil

    with suppress(psutil.Error):
        for process in psutil.Process().parents():
            name = _known(process.name())
            if name is not None:
                return Shell(name, _program(process))
    login = os.environ.get("SHELL", "")
    name = _known(Path(login).name)
    return None if name is None else Shell(name, login)


def find_shell(name: str) -> Shell | None:
    """The shell ``name`` on this machine: the user's own if it is that one, else the first on ``PATH``."""
    login = os.environ.get("SHELL", "")
    if _known(Path(login).name) == name and os.access(login, os.X_OK):
        return Shell(name, login)
    program = shutil.which(name)
    return None if program is None else Shell(name, program)


def _known(program: str) -> str | None:
    name = program.lstrip("-").lower()
    if name in _SH:
        return "sh"
    return name if name in SCRIPTED or name in _OTHERS else None


def _program(process: Process) -> str:
    import psutil

    with suppress(psutil.Error, OSError):
        # That of another user cannot be known; one that was replaced since it started is not there.
        if os.access(process.exe(), os.X_OK):
            return process.exe()
    return process.name().lstrip("-")
