"""Moving locked versions forward, within the bounds of the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from interlock.lock.findings import no_lock_to_move
from interlock.lock.model import Lock
from interlock.project.lock_file import read_lock
from interlock.project.locking import solve_all
from interlock.project.motion import check_names, held, motion_of
from interlock.project.solved_edits import Edit, compared, text_of
from interlock.project.up_to_date import lock_state
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.project.motion import Motion
    from interlock.project.opening import Project


def update(
    project: Project, names: Sequence[str], *, environments: Sequence[str] = (), platforms: Sequence[str] = ()
) -> Edit:
    """The project with packages at the newest versions that fit, solved; without names all of them.

    All others stay where they can. Environments and platforms beside those that are named stay as they are, up to date
    or not. The manifest does not change. Raises :class:`InterlockError`: IL112 and IL115 for an unknown environment or
    platform, IL141 for a name that is not locked there, otherwise as solving does.
    """
    text, motion = text_of(project), motion_of(project, names, environments, platforms)
    if names:
        old = read_lock(project)
        if old is None:
            raise InterlockError(no_lock_to_move())
        check_names(old, motion, names)
    outcome = solve_all(project, motion=motion)
    if outcome.refused and not outcome.changed:
        raise InterlockError(*outcome.refused)
    before = outcome.before or Lock()
    return Edit(
        project=project,
        before=text,
        after=text,
        lock=outcome.lock,
        old_lock=outcome.before,
        comparison=compared(project, project, outcome.before, outcome.lock),
        environments=_to_install(project, outcome.lock, motion),
        findings=(*outcome.findings, *outcome.refused, *held(names, before, outcome.lock, motion)),
    )


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
