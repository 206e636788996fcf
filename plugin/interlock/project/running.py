"""Running a program in an activated environment. Little is imported: the program has to start at once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.programs import find_program
from interlock.engines.foreground import attend, become
from interlock.engines.shells.changes import deactivated, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from interlock_hooks.types import Finding


def run_program(
    name: str,
    command: Sequence[str],
    base: Mapping[str, str],
    activated: Mapping[str, str],
    *,
    wait: bool,
    unknown: Callable[[str, str], Finding] | None = None,
) -> int:
    """Become a program in an environment, or with ``wait`` run it, its output on stderr, and return its exit code.

    That is 128 and the signal's number if a signal ended it. ``base`` are the caller's variables, and ``activated``
    these with the environment activated. As with ``pixi run``, ``INIT_CWD`` is the directory in which the command was
    given. ``unknown`` says that there is no such program.

    Raises :class:`InterlockError`: IL191 if there is no such program, IL195 if it cannot be started.
    """
    variables = recorded(deactivated(base), activated)
    with suppress(OSError):  # the directory may be gone
        variables["INIT_CWD"] = str(Path.cwd())
    program = find_program(command[0], variables["PATH"])
    if program is None:
        from interlock.project.findings.environments import unknown_program
        from interlock_hooks.types import InterlockError

        raise InterlockError((unknown or unknown_program)(command[0], name))
    return attend(program, command, variables) if wait else become(program, command, variables)
