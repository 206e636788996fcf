"""The smallest part of a request that has no solution: relax what can be relaxed while it stays unsatisfiable.

Groups are relaxed at once and halved where that goes too far, as QuickXplain (Junker, 2004) does: a core of k among n
members takes about k log n solves, and few when the engines' own words already name the right ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from interlock.explain.members import Member, Texts, compose
from interlock.explain.oracle import OutOfBudget, Solved, Trials

if TYPE_CHECKING:
    from interlock_hooks.types import EnvironmentRequest

Levels = dict[Member, int]


@dataclass(frozen=True, slots=True)
class Problem:
    """A request seen as its members."""

    request: EnvironmentRequest
    trials: Trials

    def fails(self, texts: Texts) -> bool:
        """Whether the request, with these members only, is known to have no solution."""
        return self.trials.fails(*self._asked(texts))

    def solution(self, texts: Texts) -> Solved | None:
        """The solution of the request with these members only."""
        return self.trials.solution(*self._asked(texts))

    def _asked(self, texts: Texts) -> tuple[object, EnvironmentRequest]:
        # A member without text is the same as none, and python is there for PyPI packages without being asked for.
        anyway = {"python"} if any(m.kind == "requirement" and text for m, text in texts.items()) else set()
        said = {member: text for member, text in texts.items() if text is not None and text not in anyway}
        return frozenset(said.items()), compose(self.request, said)


@dataclass(slots=True)
class Core:
    """An unsatisfiable part of a request: at which step each member is.

    ``complete`` tells whether every further step of any member was seen to make it satisfiable. ``kept`` are conda
    packages that contradict nothing, but supply what PyPI packages need.
    """

    levels: Levels
    complete: bool = True
    needed: set[Member] = field(default_factory=set)
    kept: set[Member] = field(default_factory=set)

    @property
    def members(self) -> list[Member]:
        """The members that still say something that matters."""
        return [member for member in self.levels if self.is_open(member) and member not in self.kept]

    def is_open(self, member: Member) -> bool:
        """Whether a member can go further."""
        return self.levels[member] < _last(member)

    def texts(self, lowered: Member | None = None) -> dict[Member, str | None]:
        """What the members say, with ``lowered`` one step further."""
        levels = self.levels if lowered is None else self.levels | {lowered: self.levels[lowered] + 1}
        return texts_of(levels)


def smallest_core(problem: Problem, levels: Levels, suspects: Sequence[Member]) -> Core:
    """A core of an unsatisfiable request, from the steps at which its members are.

    ``suspects`` are the members that the engines named. When the budget ends before the core is the smallest, what is
    known by then is returned.
    """
    core = Core(dict(levels))
    others = [member for member in levels if member not in suspects]
    search = _Search(problem, core)
    try:
        # Mostly the engines named all that matters. Whatever else there is makes every solve slower.
        search.drop(others)
        for group in (others, suspects):
            search.relax(group)
        for group in (others, suspects):
            search.drop_conda([member for member in group if member.kind == "conda" and member not in core.needed])
    except OutOfBudget:
        core.complete = False
    return core


def texts_of(levels: Levels) -> dict[Member, str | None]:
    """What members say at these steps."""
    return {member: member.steps[level] for member, level in levels.items()}


@dataclass(frozen=True, slots=True)
class _Search:
    problem: Problem
    core: Core

    def drop(self, group: Sequence[Member]) -> None:
        """Give up a group completely, if it has nothing to do with the contradiction."""
        self._lower({member: _last(member) for member in group})

    def relax(self, group: Sequence[Member]) -> None:
        """Take members further as long as they can be, but leave all conda packages in.

        What is left then is less than before for conda as well as for PyPI, which conda's packages could be for.
        """
        self._lower({member: max(_last_present(member), self.core.levels[member]) for member in group})
        while pending := [m for m in group if m not in self.core.needed and self.core.levels[m] < _last_present(m)]:
            self._relax(pending)

    def drop_conda(self, group: Sequence[Member]) -> None:
        """Leave out conda packages without which the core is what it is; keep those that PyPI packages rely on."""
        pending = [member for member in group if self.core.is_open(member)]
        if not pending or self._lower({member: _last(member) for member in pending}):
            return
        if len(pending) > 1:
            middle = len(pending) // 2
            self.drop_conda(pending[:middle])
            self.drop_conda(pending[middle:])
        elif self._fails({pending[0]: _last(pending[0])}):
            self.core.kept.add(pending[0])
        else:
            self.core.needed.add(pending[0])

    def _relax(self, group: Sequence[Member]) -> None:
        if self._lower({member: self.core.levels[member] + 1 for member in group}):
            return
        if len(group) == 1:
            self.core.needed.add(group[0])
        else:
            middle = len(group) // 2
            self._relax(group[:middle])
            self._relax(group[middle:])

    def _lower(self, steps: Levels) -> bool:
        """Take members to these steps, if there is still no solution, for the same reason."""
        if all(self.core.levels[member] == level for member, level in steps.items()):
            return False
        if not self._fails(steps) or not self._still_needed(steps):
            return False
        self.core.levels.update(steps)
        return True

    def _fails(self, steps: Levels) -> bool:
        return self.problem.fails(texts_of(self.core.levels | steps))

    def _still_needed(self, steps: Levels) -> bool:
        """Whether what is known to be needed stays so: otherwise what fails now is that something is gone."""
        levels = self.core.levels
        if all(member.kind != "conda" or level < _last(member) for member, level in steps.items()):
            return True
        if not any(member.kind == "requirement" and level < _last(member) for member, level in levels.items()):
            return True
        return not any(self._fails(steps | {member: levels[member] + 1}) for member in self.core.needed - steps.keys())


def _last(member: Member) -> int:
    return len(member.steps) - 1


def _last_present(member: Member) -> int:
    """The last step at which a conda package is still there; for others, the last one."""
    return max(_last(member) - 1, 0) if member.kind == "conda" else _last(member)
