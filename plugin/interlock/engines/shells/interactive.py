"""Becoming an interactive shell that reads the user's own files first, and then a script."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.engines.foreground import attend, become
from interlock.engines.process import run
from interlock.engines.shells.findings import moved_zsh
from interlock.engines.shells.scripts import quoted
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.engines.shells.known import Shell

# Each shell removes the files that it was started with before it reads those of the user, which may replace it.
_BASH = """\
command rm -rf -- {folder}
if [ -f ~/.bashrc ]; then . ~/.bashrc; fi
"""
# zsh finds its files by ZDOTDIR, which is the user's again whenever a file of theirs is read.
_ZSHENV = """\
{own}
if [[ -f "${{ZDOTDIR:-$HOME}}/.zshenv" ]]; then source "${{ZDOTDIR:-$HOME}}/.zshenv"; fi
_INTERLOCK_ZDOTDIR="${{ZDOTDIR-}}"
ZDOTDIR={folder}
"""
_ZSHRC = """\
command rm -rf -- {folder}
if [[ -n "$_INTERLOCK_ZDOTDIR" ]]; then ZDOTDIR="$_INTERLOCK_ZDOTDIR"; else unset ZDOTDIR; fi
unset _INTERLOCK_ZDOTDIR
if [[ -f "${{ZDOTDIR:-$HOME}}/.zshrc" ]]; then source "${{ZDOTDIR:-$HOME}}/.zshrc"; fi
"""
_PROBE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Start:
    """How a shell is started: its arguments, further variables, and the files that it then finds in a folder."""

    arguments: tuple[str, ...]
    files: Mapping[str, str]
    variables: Mapping[str, str]


def start_shell(shell: Shell, script: str, variables: Mapping[str, str], *, wait: bool = False) -> int:
    """Become an interactive shell with the given variables, in which ``script`` runs at first; or ``wait`` for its end.

    The user's files are read before. Nothing is left behind: the files for it are gone when the shell is there. Returns
    the exit code. Raises :class:`InterlockError`: IL195 when it cannot be started, IL198 when it would not find the
    script.
    """
    folder = Path(tempfile.mkdtemp(prefix="interlock-"))
    try:
        start = _STARTS[shell.name](folder, script, variables)
        for name, text in start.files.items():
            (folder / name).write_bytes(os.fsencode(text))
        if shell.name == "zsh":
            _check_zsh(shell, folder, variables)
        command, env = [shell.name, *start.arguments], {**variables, **start.variables}
        return attend(shell.program, command, env) if wait else become(shell.program, command, env)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _bash(folder: Path, script: str, _: Mapping[str, str]) -> _Start:
    text = _BASH.format(folder=shlex.quote(str(folder))) + script
    return _Start(("--rcfile", str(folder / "bashrc"), "-i"), {"bashrc": text}, {})


def _zsh(folder: Path, script: str, variables: Mapping[str, str]) -> _Start:
    place = shlex.quote(str(folder))
    theirs = variables.get("ZDOTDIR")
    own = f"export ZDOTDIR={shlex.quote(theirs)}" if theirs else "unset ZDOTDIR"
    files = {".zshenv": _ZSHENV.format(own=own, folder=place), ".zshrc": _ZSHRC.format(folder=place) + script}
    return _Start(("-i",), files, {"ZDOTDIR": str(folder)})


def _fish(folder: Path, script: str, _: Mapping[str, str]) -> _Start:
    file = folder / "activate.fish"
    text = f"command rm -rf -- {quoted('fish', str(folder))}\n{script}"
    return _Start(("--init-command", f"source {quoted('fish', str(file))}", "-i"), {file.name: text}, {})


def _check_zsh(shell: Shell, folder: Path, variables: Mapping[str, str]) -> None:
    """A file of the system's, which zsh reads first and nothing can keep it from, may lead away from ``folder``."""
    command = [shell.program, "-f", "-c", 'print -rn -- "$ZDOTDIR"']
    found = run(command, env={**variables, "ZDOTDIR": str(folder)}, timeout=_PROBE_SECONDS)
    if not found.stdout.endswith(str(folder)):
        raise InterlockError(moved_zsh(found.stdout))


_STARTS: dict[str, Callable[[Path, str, Mapping[str, str]], _Start]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
