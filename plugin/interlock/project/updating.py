"""Moving locked versions forward, within the bounds of the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.lock.findings import held_back, no_lock_to_move
from interlock.lock.model import Lock
from interlock.project.comparing import compare_versions
from interlock.project.locking import read_lock, solve_all
from interlock.project.motion import check_names, motion_of
from interlock.project.reading import Opened
from interlock.project.solved_edits import Edit, text_of
from interlock.project.up_to_date import lock_state
from interlock.project.versions import Version
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.project.motion import Motion
    from interlock.project.opening import Project
    from interlock_hooks.types import LockedEnvironment


def update(
    project: Project, names: Sequence[str], *, environments: Sequence[str] = (), platforms: Sequence[str] = ()
) -> Edit:
    """The project with packages at the newest versions that fit, solved; without names all of them.

    All others stay where they can. Environments and platforms beside those that are named stay as they are, up to date
    or not. The manifest does not change. Raises :class:`InterlockError`: IL112 and IL115 for an unknown environment or
    platform, IL141 for a name that is not locked there, otherwise as solving does.
    """
    motion = motion_of(project, names, environments, platforms)
    old = read_lock(project)
    if names:
        if old is None:
            raise InterlockError(no_lock_to_move())
        check_names(old, motion, names)
    outcome = solve_all(project, motion=motion)
    if outcome.refused and not outcome.changed:
        raise InterlockError(*outcome.refused)
    before, text = old or Lock(), text_of(project)
    versions = Version("before", before, project.workspace), Version("after", outcome.lock, project.workspace)
    still = [name for name in names if not _moved(name, before, outcome.lock, motion)]
    return Edit(
        project=project,
        before=text,
        after=text,
        lock=outcome.lock,
        comparison=compare_versions(*versions, Opened(project.layout, project)),
        environments=_to_install(project, outcome.lock, motion),
        findings=(*outcome.findings, *outcome.refused, *([held_back(still)] if still else ())),
    )


def _moved(name: str, before: Lock, after: Lock, motion: Motion) -> bool:
    """Whether a package changed anywhere, artifacts of the same version included."""
    normal = canonicalize_name(name)
    return any(
        _artifacts(normal, each.environment) != _artifacts(normal, after.get(entry.name, each.environment.platform))
        for entry in before.environments
        for each in entry.platforms
        if motion.covers_platform(entry.name, each.environment.platform)
    )


def _artifacts(name: str, locked: LockedEnvironment | None) -> set[object]:
    if locked is None:
        return set()
    supplied = {entry.record for entry in locked.resolution.provided if entry.name == name}
    records = {
        each.url for each in locked.conda.records if each.name in supplied or canonicalize_name(each.name) == name
    }
    tools = [package for plan in locked.plans for package in plan.overlay]
    return records | {each.artifact for each in (*locked.resolution.packages, *tools) if each.name == name}


def _to_install(project: Project, lock: Lock, motion: Motion) -> tuple[str, ...]:
    """The environments that may be installed now: none if that would have to lock what is to stay as it is."""
    workspace = project.workspace
    if motion.is_limited and any(
        lock_state(project, lock, name, platform) != "current"
        for name in workspace.environments
        for platform in workspace.supported_platforms(name)
    ):
        return ()
    return tuple(name for name in workspace.environments if name in (motion.environments or {name}))
