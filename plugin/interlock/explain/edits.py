"""Edits of the manifest that make a request solvable: each is tested on the whole request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Literal

from packaging.version import Version

from interlock.explain.oracle import Oracle, OutOfBudget, Solved
from interlock.explain.proposals import (
    Proposal,
    another_range,
    exemption,
    other_ecosystem,
    other_name,
    removal,
    setting_off,
)

if TYPE_CHECKING:
    from interlock.explain.core import Problem
    from interlock.explain.members import Member, Texts
    from interlock_hooks.types import Edit

_MOST = 3

Kind = Literal["range", "setting", "move", "removal"]

Worked = list[tuple[Proposal, Solved]]


class Editor:
    """Finds edits for one conflict; ``texts`` is what the whole request says, without other conflicts."""

    def __init__(self, problem: Problem, oracle: Oracle, texts: Texts, core: Sequence[Member]) -> None:
        self._problem = problem
        self._oracle = oracle
        self._texts = texts
        self._core = core
        # By kind of change, the smallest first.
        self._worked: dict[Kind, Worked] = {"range": [], "setting": [], "move": [], "removal": []}

    def look_for(self, kind: Kind) -> None:
        """Try changes of a kind, if smaller ones do not suffice."""
        smaller = list(self._worked)[: list(self._worked).index(kind)]
        if sum(len(self._worked[each]) for each in smaller) >= _MOST:
            return
        proposals = {
            "range": self._ranges,
            "setting": lambda member: chain(exemption(member, self._core), setting_off(member)),
            "move": lambda member: other_ecosystem(member, self._oracle),
            "removal": removal,
        }[kind]
        try:
            for member in filter(_is_written, self._core):
                for proposal in proposals(member):
                    solved = self._problem.solution({**self._texts, **proposal.texts})
                    if solved is not None:
                        self._worked[kind].append((proposal, solved))
        except OutOfBudget:
            return

    def best(self) -> tuple[Edit, ...]:
        """At most three edits that were seen to work, the smallest change first, then what keeps versions high."""
        ordered = [
            proposal.edit
            for worked in self._worked.values()
            for proposal, _ in sorted(worked, key=lambda pair: _lost(pair[1], worked))
        ]
        return tuple(ordered[:_MOST])

    def _ranges(self, member: Member) -> Iterator[Proposal]:
        relaxed = {**self._texts, member: member.steps[1]} if len(member.steps) > 1 else self._texts
        solved = self._problem.solution(relaxed)
        if solved is not None:
            yield from another_range(member, solved, relaxed)
        yield from other_name(member, self._oracle)


def _is_written(member: Member) -> bool:
    """Whether the manifest has a line for a member; a pip section, for one, asks for pip without any."""
    return member.entry is None or member.entry.where is not None or member.entry.origin == "manifest"


def find_edits(editors: Sequence[Editor]) -> list[tuple[Edit, ...]]:
    """The edits for each conflict. What takes longest is tried last: another ecosystem may mean other servers."""
    kinds: tuple[Kind, ...] = ("range", "setting", "removal", "move")
    for kind in kinds:
        for editor in editors:
            editor.look_for(kind)
    return [editor.best() for editor in editors]


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
    except ValueError:
        return None
