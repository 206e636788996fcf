"""Solving so that named packages move: as far as they would if nothing held them, and the others no more than that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from interlock.lock.moves import records_named
from interlock_hooks.types import CondaSpec, InterlockError

if TYPE_CHECKING:
    from interlock.pipeline.beliefs import Earlier
    from interlock.pipeline.conda_side import CondaSide
    from interlock.resolve.joint.search import Joint
    from interlock_hooks.types import EnvironmentRequest, LockedEnvironment

    Found = tuple[Joint, CondaSide]
    Solve = Callable[[EnvironmentRequest, LockedEnvironment | None], Found]


@dataclass(frozen=True, slots=True)
class _Goal:
    """A version that a package is to reach."""

    conda: bool
    name: str
    version: str


def solve_moving(solve: Solve, request: EnvironmentRequest, earlier: Earlier) -> Found:
    """Solve a request near an earlier answer, without what is to move.

    Solvers keep what is preferred as soon as they come across it, even if that holds a named package back. So where one
    did not move, it is found out how far it would get if everything moved, and that is asked for. Raises what ``solve``
    does.
    """
    near = solve(request, earlier.near)
    names = earlier.moves.names
    if earlier.previous is None or not names or not (held := _held(names, earlier.previous, near[0])):
        return near
    try:
        goals = _goals(held, near[0], solve(request, None)[0])
        return solve(_towards(request, goals), earlier.near) if goals else near
    except InterlockError:
        # Whatever stands in the way of more, this is a solution.
        return near


def _towards(request: EnvironmentRequest, goals: list[_Goal]) -> EnvironmentRequest:
    specs = (
        CondaSpec(spec=f"{goal.name} =={goal.version}", origin="interlock env update") for goal in goals if goal.conda
    )
    pins = (f"{goal.name}=={goal.version}" for goal in goals if not goal.conda)
    return replace(
        request,
        conda_constraints=(*request.conda_constraints, *specs),
        constraints=(*request.constraints, *pins),
    )


def _held(names: frozenset[str], previous: LockedEnvironment, joint: Joint) -> frozenset[str]:
    """Those of the names that a solution has as they were."""
    before = {(each.name, each.version) for each in previous.conda.records}
    before |= {(each.name, each.version) for each in previous.resolution.packages}
    found = {name: set(_versions(name, joint)) for name in names}
    return frozenset(name for name, goals in found.items() if any((g.name, g.version) in before for g in goals))


def _goals(names: frozenset[str], near: Joint, free: Joint) -> list[_Goal]:
    goals = []
    for name in sorted(names):
        now = {(each.conda, each.name): each.version for each in _versions(name, near)}
        goals += [
            each
            for each in _versions(name, free)
            if (old := now.get((each.conda, each.name))) is not None and _is_newer(each, old)
        ]
    return goals


def _versions(name: str, joint: Joint) -> Iterator[_Goal]:
    for record in records_named(name, joint.conda, joint.resolution):
        yield _Goal(True, record.name, record.version)
    for package in joint.resolution.packages:
        if package.name == name and package.known_version is not None:
            yield _Goal(False, package.name, package.version)


def _is_newer(goal: _Goal, than: str) -> bool:
    if goal.conda:
        # Imported here: rattler is not needed for a lock whose conda packages stay.
        from interlock.engines.rattler.matching import is_newer

        return bool(is_newer(goal.version, than))
    try:
        return Version(goal.version) > Version(than)
    except InvalidVersion:
        return False
