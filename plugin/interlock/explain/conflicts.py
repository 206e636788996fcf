"""All conflicts of a request: one core after the other, each found with the earlier ones relaxed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.explain.core import Core, Levels, Problem, smallest_core, texts_of
from interlock.explain.oracle import OutOfBudget

if TYPE_CHECKING:
    from interlock.explain.members import Member

_MOST = 3


@dataclass(frozen=True, slots=True)
class Conflict:
    """A core, and the step to which one of its members goes to get it out of the way of the others.

    ``last`` tells whether nothing else is wrong then.
    """

    core: Core
    way_out: Levels
    last: bool


def find_conflicts(problem: Problem, members: Sequence[Member], suspects: Sequence[Member]) -> list[Conflict]:
    """The conflicts of an unsatisfiable request, at most three; ``suspects`` are the members that the engines named.

    Conflicts that the budget leaves no room for are not found.
    """
    levels = dict.fromkeys(members, 0)
    found: list[Conflict] = []
    while len(found) < _MOST and (not found or _fails(problem, levels)):
        core = smallest_core(problem, levels, suspects)
        if not core.members:
            break
        ways = [{member: core.levels[member] + 1} for member in core.members]
        solving = _solving(problem, levels, ways)
        found.append(Conflict(core, solving or _gentlest(ways), last=solving is not None))
        if solving is not None or not core.complete:
            break
        levels = levels | found[-1].way_out
    return found


def texts_without(
    conflict: Conflict, conflicts: Sequence[Conflict], members: Sequence[Member]
) -> dict[Member, str | None]:
    """What the whole request says, with the other conflicts out of the way."""
    levels = dict.fromkeys(members, 0)
    for other in conflicts:
        if other is not conflict:
            levels |= other.way_out
    return texts_of(levels)


def _fails(problem: Problem, levels: Levels) -> bool:
    try:
        return problem.fails(texts_of(levels))
    except OutOfBudget:
        return False


def _solving(problem: Problem, levels: Levels, ways: Sequence[Levels]) -> Levels | None:
    """The first way out after which there is a solution, ``None`` if there is another conflict."""
    try:
        return next((way for way in ways if problem.solution(texts_of(levels | way)) is not None), None)
    except OutOfBudget:
        return None


def _gentlest(ways: Sequence[Levels]) -> Levels:
    """A way out that gives up a range rather than a package."""
    return min(ways, key=lambda way: any(member.steps[level] is None for member, level in way.items()))
