"""The facts that `env info` shows: declared, locked, installed, and offered by this machine."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from interlock import __version__
from interlock.core.paths import cache_dir
from interlock.engines.confinement import can_deny_network, can_restrict_writing
from interlock.install.place import is_usable
from interlock.manifest.discovery import unread_beside
from interlock.project.lock_file import read_lock
from interlock.project.platforms import platform_here
from interlock.project.up_to_date import LockState, lock_state
from interlock.solve.virtual import merge_virtual_packages

if TYPE_CHECKING:
    from interlock.project.opening import Project
    from interlock_hooks.types import Finding, InfoSection, VirtualPackage


@dataclass(frozen=True, slots=True)
class LockInfo:
    """The lock file, and whether it matches the manifest: ``missing``, ``current`` or ``outdated``."""

    path: str
    state: LockState


@dataclass(frozen=True, slots=True)
class EnvironmentInfo:
    """One environment of the manifest; ``solve_group`` is the group that it shares versions with, if there is one."""

    name: str
    platforms: tuple[str, ...]
    prefix: str
    installed: bool
    solve_group: str | None = None


@dataclass(frozen=True, slots=True)
class ConfinementInfo:
    """What builds are kept from: writing to other places than their own, and, where the manifest says so, the network.

    ``network`` tells whether this machine could enforce ``network = "deny"``, ``denied`` whether the manifest has it.
    """

    writing: bool
    network: bool
    denied: bool


@dataclass(frozen=True, slots=True)
class ProjectInfo:
    """A project at a glance.

    ``virtual_packages`` are those that a solve for this platform would use; ``sections`` what plugins add; ``unread``
    the environment files of conda beside the manifest, which do not count.
    """

    name: str
    manifest: str
    platform: str
    channels: tuple[str, ...]
    virtual_packages: tuple[VirtualPackage, ...]
    sections: tuple[InfoSection, ...]
    environments: tuple[EnvironmentInfo, ...]
    lock: LockInfo
    plugins: tuple[str, ...]
    confinement: ConfinementInfo
    cache: str
    versions: dict[str, str]
    unread: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What contradicts in the environment, as far as plugins check it."""
        return tuple(finding for section in self.sections for finding in section.findings or ())


def describe(project: Project, environment: str) -> ProjectInfo:
    """Collect what there is to know; nothing is solved or changed."""
    workspace = project.workspace
    platform = platform_here(project, environment)
    solve = workspace.solve(environment, platform)
    request = solve.member(environment)
    lock = read_lock(project)
    locked = None if lock is None else lock.get(request.name, request.target)
    return ProjectInfo(
        name=workspace.name,
        manifest=str(workspace.manifest),
        platform=request.target,
        channels=request.channels,
        virtual_packages=merge_virtual_packages(solve.request, project.plugins.virtual_packages(solve.request)),
        sections=tuple(project.plugins.environment_info(request, locked)),
        environments=tuple(_environment(project, name) for name in workspace.environments),
        lock=LockInfo(str(project.layout.lock_file), lock_state(project, lock, environment)),
        plugins=workspace.plugins,
        confinement=ConfinementInfo(can_restrict_writing(), can_deny_network(), denied=request.build.network == "deny"),
        cache=str(cache_dir()),
        versions={
            "interlock": __version__,
            **{name: version(name) for name in ("py-rattler", "uv")},
        },
        unread=tuple(map(str, unread_beside(workspace.manifest))),
    )


def _environment(project: Project, name: str) -> EnvironmentInfo:
    prefix = project.layout.prefix(name)
    return EnvironmentInfo(
        name=name,
        platforms=project.workspace.supported_platforms(name),
        prefix=str(prefix),
        installed=is_usable(prefix),
        solve_group=project.workspace.environments[name].solve_group,
    )
