"""The variables of an environment of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.engines.shells.changes import deactivated
from interlock.project.opening import installed_prefix
from interlock.project.platforms import platform_here

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock.project.opening import Project


def activate(project: Project, name: str, base: Mapping[str, str]) -> dict[str, str]:
    """The variables ``base`` with an environment activated, in place of one that is active in a shell.

    Raises :class:`InterlockError` (IL692) when the environment is not installed.
    """
    from interlock.engines.rattler.activation import activated_environment

    request = project.workspace.request(name, platform_here(project, name))
    prefix = installed_prefix(project, name)
    scripts = [project.layout.root / script for script in request.activation.scripts]
    first = (*request.activation.project, *request.activation.preset)
    return activated_environment(prefix, deactivated(base), first=first, scripts=scripts, env=request.activation.env)


def own_variables(project: Project, name: str) -> frozenset[str]:
    """The variables to which activating an environment gives a value of its own, apart from its packages' scripts."""
    activation = project.workspace.request(name, platform_here(project, name)).activation
    named = (*activation.project, *activation.preset, *activation.env)
    return frozenset({"CONDA_PREFIX", "CONDA_SHLVL", *(name for name, _ in named)})
