"""Running a program in an environment of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.project.opening import installed_prefix

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
