"""The facts that `env info` shows: declared, locked, installed, and offered by this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interlock.core.urls import without_credentials
from interlock.install.fresh import is_usable
from interlock.project.described import EnvironmentInfo, LockInfo, ProjectInfo, found_here, remember_description
from interlock.project.lock_file import read_lock
from interlock.project.platforms import depends_on_machine, platform_here
from interlock.project.up_to_date import lock_state
from interlock.solve.virtual import merge_virtual_packages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock.project.opening import Project


def describe(project: Project, environment: str) -> ProjectInfo:
    """Collect what there is to know; nothing is solved or changed."""
    workspace = project.workspace
    platform = platform_here(project, environment)
    solve = workspace.solve(environment, platform)
    request = solve.member(environment)
    lock = read_lock(project)
    locked = None if lock is None else lock.get(request.name, request.target)
    manifest = str(workspace.manifest)
    return ProjectInfo(
        name=workspace.name,
        manifest=manifest,
        platform=request.target,
        channels=request.channels,
        virtual_packages=merge_virtual_packages(solve.request, project.plugins.virtual_packages(solve.request)),
        sections=tuple(project.plugins.environment_info(request, locked)),
        environments=tuple(_environment(project, name) for name in workspace.environments),
        lock=LockInfo(str(project.layout.lock_file), lock_state(project, lock, environment)),
        plugins=workspace.plugins,
        **found_here(manifest, denied=request.build.network == "deny"),
    )


def keep(project: Project, environment: str, info: ProjectInfo, state: Mapping[str, Any]) -> None:
    """Remember a description for :func:`~interlock.project.described.describe_again`, if only ``state`` decides it.

    Not what a plugin had a say in, whose answers may depend on anything, nor what has a secret in it.
    """
    if info.plugins or info.findings or depends_on_machine(project, environment):
        return
    if all(without_credentials(channel) == channel for channel in info.channels):
        remember_description(state, info)


def _environment(project: Project, name: str) -> EnvironmentInfo:
    prefix = str(project.layout.prefix(name))
    return EnvironmentInfo(
        name=name,
        platforms=project.workspace.supported_platforms(name),
        prefix=prefix,
        installed=is_usable(prefix),
        solve_group=project.workspace.environments[name].solve_group,
    )
