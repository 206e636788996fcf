"""Running a program in an environment of a project."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.engines.foreground import attend, become
from interlock.project.findings import unknown_program
from interlock.project.opening import installed_prefix
from interlock.project.platforms import platform_here
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from interlock.project.opening import Project


def activate(project: Project, name: str, base: Mapping[str, str]) -> dict[str, str]:
    """The variables of a program that runs in an environment: ``base`` with the prefix activated.

    As with ``pixi run``, ``INIT_CWD`` is the directory in which the command was given.
    Raises :class:`InterlockError` (IL692) when the environment is not installed.
    """
    from interlock.engines.rattler.activation import activated_environment

    request = project.workspace.request(name, platform_here(project, name))
    prefix = installed_prefix(project, name)
    scripts = [project.layout.root / script for script in request.activation.scripts]
    first = (*request.activation.project, *request.activation.preset)
    variables = activated_environment(prefix, base, first=first, scripts=scripts, env=request.activation.env)
    with suppress(OSError):  # the directory may be gone
        # Not before: what scripts do is remembered for the variables that they saw.
        variables["INIT_CWD"] = str(Path.cwd())
    return variables


def find_program(name: str, environment: str, variables: Mapping[str, str]) -> str:
    """Where a program is, by the variables of an activated environment; raises :class:`InterlockError` (IL191)."""
    program = shutil.which(name, path=variables["PATH"])
    if program is None:
        raise InterlockError(unknown_program(name, environment))
    return program


def run_program(command: Sequence[str], environment: str, variables: Mapping[str, str], *, wait: bool) -> int:
    """Become a program, or with ``wait`` run it, its output on stderr, and return its exit code.

    That is 128 and the signal's number if a signal ended it. ``variables`` are those of the activated environment.
    Raises :class:`InterlockError`: IL191 if there is no such program, IL195 if it cannot be started.
    """
    program = find_program(command[0], environment, variables)
    return attend(program, command, variables) if wait else become(program, command, variables)
