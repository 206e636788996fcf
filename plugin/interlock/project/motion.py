"""Which packages of a lock move, and in which environments and platforms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.lock.findings import held_back, not_locked
from interlock.lock.moves import STILL, Moves, known_names, records_named
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from interlock.lock.model import Lock
    from interlock.project.opening import Project
    from interlock_hooks.types import Finding, LockedEnvironment, Solve


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """What ``moves``, and in which environments on which platforms; ``None`` stands for all.

    What is solved together moves together: a solve group is covered if one of its environments is.
    """

    moves: Moves
    environments: frozenset[str] | None = None
    platforms: frozenset[str] | None = None

    @property
    def is_limited(self) -> bool:
        """Whether something stays as it is, up to date or not."""
        return self.environments is not None or self.platforms is not None

    def covers(self, solve: Solve) -> bool:
        """Whether something may move in a solve."""
        named = self.environments is None or not self.environments.isdisjoint(solve.names)
        return named and (self.platforms is None or solve.target in self.platforms)

    def covers_platform(self, environment: str, platform: str) -> bool:
        """Whether something may move in an environment on a platform."""
        return environment in (self.environments or {environment}) and platform in (self.platforms or {platform})

    def moved_in(self, lock: Lock, solve: Solve) -> str | None:
        """The first environment of a solve that has something that moves, ``None`` if none has."""
        known = ((name, lock.get(name, solve.target)) for name in solve.names)
        return next((name for name, locked in known if locked and self.moves.concern(locked)), None)


STANDSTILL = Motion(moves=STILL)


def motion_of(project: Project, names: Sequence[str], environments: Sequence[str], platforms: Sequence[str]) -> Motion:
    """The motion that a command line asks for; of no names, everything moves.

    Raises :class:`InterlockError`: IL112 for an unknown environment, IL115 for a platform that none of them supports.
    """
    workspace = project.workspace
    among = list(environments) or list(workspace.environments)
    supported = {name: workspace.platforms_of(name) for name in among}
    targets = set()
    for wanted in platforms:
        found = {each.name for every in supported.values() for each in every if wanted in (each.name, each.subdir)}
        if not found:
            # Said as for any other command.
            workspace.request(among[0], wanted)
        targets |= found
    return Motion(
        moves=Moves(names=frozenset(canonicalize_name(name) for name in names), everything=not names),
        environments=frozenset(environments) if environments else None,
        platforms=frozenset(targets) if platforms else None,
    )


def check_names(lock: Lock, motion: Motion, names: Sequence[str]) -> None:
    """Raise :class:`InterlockError` (IL141) for names that a lock does not have where something may move."""
    inside: set[str] = set()
    places: dict[str, list[str]] = {}
    for locked in lock.answers:
        known = known_names(locked)
        if motion.covers_platform(locked.name, locked.platform):
            inside |= known
        for name in known:
            places.setdefault(name, []).append(f"{locked.name} on {locked.platform}")
    missing = [name for name in names if canonicalize_name(name) not in inside]
    if missing:
        raise InterlockError(*(not_locked(name, inside, _elsewhere(name, places)) for name in dict.fromkeys(missing)))


def _elsewhere(name: str, places: dict[str, list[str]]) -> Collection[str]:
    return places.get(canonicalize_name(name), [])


def held(names: Sequence[str], before: Lock, after: Lock, motion: Motion) -> Iterator[Finding]:
    """IL142 for the packages of these names that are in a lock after a motion as they were before it."""
    still = [name for name in names if not _moved(name, before, after, motion)]
    if still:
        yield held_back(still)


def _moved(name: str, before: Lock, after: Lock, motion: Motion) -> bool:
    """Whether a package changed anywhere, artifacts of the same version included."""
    normal = canonicalize_name(name)
    return any(
        _artifacts(normal, locked) != _artifacts(normal, after.get(locked.name, locked.platform))
        for locked in before.answers
        if motion.covers_platform(locked.name, locked.platform)
    )


def _artifacts(name: str, locked: LockedEnvironment | None) -> set[object]:
    if locked is None:
        return set()
    records = {each.url for each in records_named(name, locked.conda, locked.resolution)}
    tools = [package for plan in locked.plans for package in plan.overlay]
    return records | {each.artifact for each in (*locked.resolution.packages, *tools) if each.name == name}
