"""Solving conda again near an earlier solution, with most of it fixed.

A solver looks at all versions of all packages that could be needed, most of which will stay what they are. So what has
nothing to do with the versions that are excluded now is fixed at first, and only if that has no solution, nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import replace

from interlock_hooks.types import CondaRequest, CondaSolution, CondaSpec, InterlockError


def solved_near(
    solve: Callable[[CondaRequest], CondaSolution],
    request: CondaRequest,
    near: CondaSolution | None,
    moving: Collection[str],
) -> CondaSolution:
    """The solution of a request; with an earlier solution ``near``, one with most of it, if there is one.

    ``moving`` are the packages of which versions are excluded now. Raises what ``solve`` raises.
    """
    if near and not request.alternatives and (fixed := _with_most_fixed(request, near, moving)):
        with suppress(InterlockError):
            found = solve(fixed)
            if _needs_all(found, request.specs):
                return found
    return solve(request)


def _with_most_fixed(request: CondaRequest, near: CondaSolution, moving: Collection[str]) -> CondaRequest | None:
    """The request with the records of ``near`` fixed, but for packages in ``moving`` and those beside them.

    These are what they depend on and what depends on them. ``None`` where the interpreter moves, since nearly
    everything goes with it.
    """
    if "python" in moving:
        return None
    needs = {record.name: {CondaSpec(spec=text).name for text in record.depends} for record in near.records}
    free = {name for name, needed in needs.items() if name in moving or not needed.isdisjoint(moving)}
    free = free.union(*(needs[name] for name in moving if name in needs)) - {"python"}
    fixed = (
        CondaSpec(spec=f"{record.name} =={record.version} {record.build}", origin="an earlier solution")
        for record in near.records
        if record.name not in free
    )
    preferred = tuple(record for record in request.preferred if record.name in free)
    return replace(request, specs=(*request.specs, *fixed), preferred=preferred)


def _needs_all(conda: CondaSolution, specs: Iterable[CondaSpec]) -> bool:
    """Whether everything in a solution is needed for these specs: what was fixed need not be."""
    needs = {record.name: {CondaSpec(spec=text).name for text in record.depends} for record in conda.records}
    waiting = [spec.name for spec in specs]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in needs and name not in needed:
            needed.add(name)
            waiting += needs[name]
    return len(needed) == len(needs)
