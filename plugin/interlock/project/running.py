"""Running a program in an environment of a project."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from interlock.project.findings import unknown_program
from interlock.project.opening import installed_prefix
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock.project.opening import Project


def activate(project: Project, name: str, base: Mapping[str, str]) -> dict[str, str]:
    """The variables of a program that runs in an environment: ``base`` with the prefix activated.

    Raises :class:`InterlockError` (IL692) when the environment is not installed.
    """
    from interlock.engines.rattler.activation import activated_environment

    request = project.workspace.request(name)
    prefix = installed_prefix(project, name)
    scripts = [project.layout.root / script for script in request.activation.scripts]
    base = {**base, **dict(request.activation.project)}
    return activated_environment(prefix, base, scripts=scripts, env=request.activation.env)


def find_program(name: str, environment: str, variables: Mapping[str, str]) -> str:
    """Where a program is, by the variables of an activated environment; raises :class:`InterlockError` (IL191)."""
    program = shutil.which(name, path=variables["PATH"])
    if program is None:
        raise InterlockError(unknown_program(name, environment))
    return program
