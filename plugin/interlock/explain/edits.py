"""Edits of the manifest that make a request solvable: each was tried on the whole request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from interlock.explain.changes import Change, another_range, other_ecosystem, other_name, removal, setting_off
from interlock.explain.oracle import Oracle, OutOfBudget, Solved

if TYPE_CHECKING:
    from interlock.explain.core import Problem
    from interlock.explain.members import Member, Texts
    from interlock_hooks.types import Edit

_MOST = 3

Worked = list[tuple[Change, Solved]]


@dataclass(frozen=True, slots=True)
class Editor:
    """Finds edits of a request; ``texts`` is what all of its members say."""

    problem: Problem
    oracle: Oracle
    texts: Texts

    def edits(self, core: Sequence[Member]) -> tuple[Edit, ...]:
        """At most three edits that were seen to work, the smallest change first, then what keeps versions high.

        Other kinds of change are only looked for where the smaller ones do not suffice.
        """
        found: list[Edit] = []
        for kind in (self._ranges, self._settings, self._moves, self._removals):
            if len(found) < _MOST:
                worked = self._working(core, kind)
                found += [change.edit for change, _ in sorted(worked, key=lambda pair: _lost(pair[1], worked))]
        return tuple(found[:_MOST])

    def _working(self, core: Sequence[Member], kind: Callable[[Member], Iterator[Change]]) -> Worked:
        worked: Worked = []
        try:
            for member in core:
                for change in kind(member):
                    solved = self.problem.solution({**self.texts, **change.texts})
                    if solved is not None:
                        worked.append((change, solved))
        except OutOfBudget:
            pass
        return worked

    def _ranges(self, member: Member) -> Iterator[Change]:
        relaxed = {**self.texts, member: member.steps[1]} if len(member.steps) > 1 else self.texts
        solved = self.problem.solution(relaxed)
        if solved is not None:
            yield from another_range(member, solved, relaxed)
        yield from other_name(member, self.oracle)

    def _settings(self, member: Member) -> Iterator[Change]:
        yield from setting_off(member)

    def _moves(self, member: Member) -> Iterator[Change]:
        yield from other_ecosystem(member, self.oracle)

    def _removals(self, member: Member) -> Iterator[Change]:
        yield from removal(member)


def _lost(solved: Solved, worked: Worked) -> int:
    """How many packages are older than with another edit, or not there."""
    mine = _versions(solved)
    best: dict[str, Version] = {}
    for _, other in worked:
        for name, version in _versions(other).items():
            best[name] = max(version, best.get(name, version))
    return sum(1 for name, version in best.items() if name not in mine or mine[name] < version)


def _versions(solved: Solved) -> dict[str, Version]:
    packages: list[tuple[str, str]] = [(record.name, record.version) for record in solved.conda.records]
    packages += [(package.name, package.version) for package in solved.resolution.packages]
    found = {name: _version(version) for name, version in packages}
    # A version that only conda understands counts as the same everywhere.
    return {name: version for name, version in found.items() if version is not None}


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
