"""Where a core contradicts itself: two requirements on one name that no version satisfies, and how each came about.

Every member of a minimal core is needed, so that the core without it has a solution. What the others force on a package
there, and what the member forces on it in the solution without one of the others, is the contradiction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from interlock.explain.members import Member

if TYPE_CHECKING:
    from interlock.explain.facts import Admits, Need, Package, View
    from interlock.explain.other_versions import OtherVersions


_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Clash:
    """Two chains of requirements from the manifest that end in contradicting ranges of one package.

    ``here`` and ``there`` are the package as each of the chains has it, ``None`` where only the other brings it.
    ``proven`` tells whether each of these versions violates the other range; else only one does.
    """

    one: tuple[Need, ...]
    other: tuple[Need, ...]
    here: Package | None
    there: Package | None
    proven: bool

    @property
    def members(self) -> set[Member]:
        """Where the chains begin."""
        return {need.source for chain in (self.one, self.other) for need in chain if isinstance(need.source, Member)}

    @property
    def name(self) -> str:
        """The package that the ranges are about, as conda calls it if it has it."""
        return self.one[-1].name if self.one[-1].side != "PyPI" else self.other[-1].name


def find_clashes(views: Sequence[View], core: Iterable[Member], others: OtherVersions) -> list[Clash]:
    """The clashes that together involve as many members of the core as can be, the plainest first.

    What another version of the last package in a chain would not need comes after what they all need.
    """
    pairs = combinations(views, 2)
    admits = others.oracle.admits
    found = sorted((clash for one, other in pairs for clash in _between(one, other, admits)), key=_length)
    found = sorted(found[:_LOOKED_AT], key=lambda clash: (not clash.proven, _soft_ends(clash, others), _length(clash)))
    chosen: list[Clash] = []
    uncovered = set(core)
    for clash in found:
        if clash.members & uncovered and len(clash.members) > 1 and (clash.proven or not chosen):
            chosen.append(clash)
            uncovered -= clash.members
    return chosen


def _length(clash: Clash) -> int:
    return len(clash.one) + len(clash.other)


def _soft_ends(clash: Clash, others: OtherVersions) -> int:
    return others.any_fits(clash.one, clash.there) + others.any_fits(clash.other, clash.here)


def _between(one: View, other: View, admits: Admits) -> Iterator[Clash]:
    for key in one.needs:
        here, there = one.packages.get(key), other.packages.get(key)
        if key not in other.needs or (here and there and _version(here) == _version(there)):
            continue
        for first in one.needs[key]:
            for second in other.needs[key]:
                proofs = [_violates(here, second, admits), _violates(there, first, admits)]
                # Of a package that is not there at all, nothing can be violated.
                known = [proof for proof in proofs if proof is not None]
                chains = (one.way(first), other.way(second)) if any(known) else ((), ())
                if all(chains):
                    yield Clash(*chains, here, there, proven=all(known))


def _violates(package: Package | None, need: Need, admits: Admits) -> bool | None:
    return None if package is None else not need.admits(package, admits)


def _version(package: Package) -> tuple[str, str | None]:
    return package.version, None if package.record is None else package.record.build
