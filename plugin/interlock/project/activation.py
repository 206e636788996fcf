"""The variables of an environment of a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from interlock.install.activation import activated, activation_record, is_activation_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock.project.opening import Project


def activate(project: Project, name: str, base: Mapping[str, str]) -> dict[str, str]:
    """The variables ``base`` with an environment activated, in place of one that is active in a shell.

    Raises :class:`InterlockError` (IL692) when the environment is not installed, or not completely.
    """
    # Imported here, as most of the time the state of the environment says all this.
    from interlock.project.opening import usable_prefix
    from interlock.project.platforms import platform_here

    request = project.workspace.request(name, platform_here(project, name))
    prefix = usable_prefix(project, name)
    return activated(prefix, activation_record(request.activation, project.layout.root), base)


def activate_again(state: Mapping[str, Any], base: Mapping[str, str]) -> dict[str, str] | None:
    """The same for an environment to which nothing has happened since its install, from the ``state`` that this left.

    ``None`` if the state does not say how.
    """
    record = state.get("activation")
    return activated(Path(state["prefix"]), record, base) if is_activation_record(record) else None


def own_variables(project: Project, name: str) -> frozenset[str]:
    """The variables to which activating an environment gives a value of its own, apart from its packages' scripts."""
    from interlock.project.platforms import platform_here

    activation = project.workspace.request(name, platform_here(project, name)).activation
    named = (*activation.project, *activation.preset, *activation.env)
    return frozenset({"CONDA_PREFIX", "CONDA_SHLVL", *(name for name, _ in named)})
