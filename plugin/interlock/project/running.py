"""Running a program in an environment of a project."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.project.findings import unknown_program
from interlock.project.opening import installed_prefix
from interlock.project.platforms import platform_here
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Mapping

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
