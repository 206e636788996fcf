"""What can be learned from a conda solution on which PyPI cannot be resolved.

Interpreters of one minor version are taken to be alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from packaging.utils import NormalizedName

from interlock.resolve.errors import NoResolutionError
from interlock.resolve.needs import versions_outside
from interlock.resolve.nogoods import PYTHON, Nogood, one, same_minor
from interlock_hooks.types import CondaSolution, OfferedDistribution, Resolution

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from interlock.resolve.needs import Need

# Up to this many distributions of conda's are all set free when a proof is asked for; of more, those ever blamed.
_FEW = 40

Names = frozenset[NormalizedName]
Pins = dict[NormalizedName, str]


class Sides(Protocol):
    """The two ecosystems, as the joint solve talks to them."""

    def conda(
        self, nogoods: Sequence[Nogood], near: CondaSolution | None, also: Collection[NormalizedName]
    ) -> CondaSolution:
        """Solve conda without anything that a nogood excludes, changing as little as possible of ``near``.

        It is to supply the distributions ``also``, beside what the manifest asks for. Raises
        :class:`InterlockError` (IL210) when there is no solution.
        """

    def pins(self, conda: CondaSolution) -> Pins:
        """The distributions that a conda solution supplies, and ``python``, with their versions."""

    def versions(self, names: Iterable[NormalizedName]) -> Mapping[NormalizedName, Sequence[str]]:
        """All versions in which conda's channels have distributions, or ``python``."""

    def asked(self, name: NormalizedName) -> bool:
        """Whether the manifest asks conda for a distribution itself."""

    def resolve(self, conda: CondaSolution) -> Resolution:
        """Resolve PyPI completely on a conda solution. Raises :class:`NoResolutionError` when nothing fits."""

    def attempt(self, conda: CondaSolution, pins: Names, offered: Sequence[OfferedDistribution]) -> Resolution:
        """Resolve once, for the interpreter of ``conda``, with only these of its pins, and with offers instead.

        Raises :class:`NoResolutionError` when nothing fits.
        """

    def needs(self, name: NormalizedName, resolution: Resolution) -> Sequence[Need]:
        """The requirements with version ranges that a resolution and the project put on a name."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a failure taught: what is proven not to work, and what is only likely not to."""

    proven: tuple[Nogood, ...] = ()
    hints: tuple[Nogood, ...] = ()


@dataclass(slots=True)
class Lessons:
    """Asks the PyPI side why it failed; ``blamed`` are the names that ever were in a refusal."""

    sides: Sides
    blamed: set[NormalizedName] = field(default_factory=set)

    def guess(self, conda: CondaSolution, failure: NoResolutionError) -> Lesson:
        """Conditions under which one resolution would fit, or the proof that none does with this interpreter.

        Culprits are set free first, then whoever else is blamed. Empty when ranges do not explain the failure.
        """
        culprits = self._culprits(conda, failure)
        while True:
            outcome = self._attempt(conda, self._distributions(conda) - culprits, self._offers(culprits))
            if isinstance(outcome, Resolution):
                return Lesson(hints=self._conditions(conda, culprits, outcome))
            reach = self._reach(conda)
            more = (self._culprits(conda, outcome) & reach) - culprits or reach - culprits
            if not more:
                break
            culprits |= more
        # conda need not have all of them: an index can step in.
        fitting = self._fitting(conda, frozenset(), self._offers(reach, or_index=True))
        if fitting is None:
            return Lesson(proven=(self._against_interpreter(conda),))
        return Lesson(hints=self._conditions(conda, reach, fitting))

    def prove(self, conda: CondaSolution, failure: NoResolutionError) -> Nogood:
        """A nogood that excludes a conda solution, and as many like it as a few questions show to be no better."""
        core = self._culprits(conda, failure) & self._reach(conda)
        if self._fitting(conda, core, self._others(conda, core)) is not None:
            core = self._reach(conda)
        core, freed = self._minimal(conda, core)
        interpreter = self._against_interpreter(conda)
        if not core:
            return interpreter
        versions = self._general(conda, core, freed)
        # Whatever the manifest does not ask for gives way first, the interpreter last.
        ordered = sorted(versions.items(), key=lambda item: (self.sides.asked(item[0]), item[0]))
        return Nogood((*ordered, *interpreter.versions), "no PyPI packages fit them")

    def missing(self, conda: CondaSolution, failure: NoResolutionError) -> Names:
        """Distributions that conda does not supply but has, and with which PyPI could be resolved."""
        lacking = failure.wanted - self._distributions(conda)
        offers = [offer for offer in self._offers(self._reach(conda) | lacking, or_index=True) if offer.versions]
        resolution = self._fitting(conda, frozenset(), offers)
        if resolution is None:
            return frozenset()
        return frozenset(entry.name for entry in resolution.provided) & lacking

    def _minimal(self, conda: CondaSolution, core: Names) -> tuple[Names, dict[NormalizedName, Resolution]]:
        """The pins without which there would be a resolution, and for each of them one with it set free."""
        freed: dict[NormalizedName, Resolution] = {}
        for name in sorted(core):
            rest = core - {name}
            resolution = self._fitting(conda, rest, self._others(conda, rest))
            if resolution is None:
                core = rest
            else:
                freed[name] = resolution
        return core, freed

    def _general(
        self, conda: CondaSolution, core: Names, freed: Mapping[NormalizedName, Resolution]
    ) -> dict[NormalizedName, frozenset[str]]:
        """For each pin of a core all versions that could be shown to be as bad."""
        pins, known = self.sides.pins(conda), self.sides.versions(core)
        versions = {name: frozenset({pins[name]}) for name in core}
        others = self._others(conda, core)
        for name in sorted(core):
            every = frozenset(known.get(name, ()))
            wide = versions[name] | (versions_outside(self.sides.needs(name, freed[name]), every) or every)
            tried = {**versions, name: wide}
            offered = [
                OfferedDistribution(name=entry, versions=tuple(sorted(among)))
                for entry, among in tried.items()
                if len(among) > 1
            ]
            fixed = frozenset(entry for entry, among in tried.items() if len(among) == 1)
            if self._fitting(conda, fixed, [*offered, *others]) is None:
                versions = tried
        return versions

    def _conditions(self, conda: CondaSolution, names: Names, resolution: Resolution) -> tuple[Nogood, ...]:
        """What a resolution demands of conda; nothing if conda offers that already."""
        pins, known = self.sides.pins(conda), self.sides.versions(names)
        found: list[Nogood] = []
        for name in sorted(names):
            needs = self.sides.needs(name, resolution)
            from_index = resolution.get(name) is not None
            excluded = frozenset(known[name]) if from_index else versions_outside(needs, known[name])
            if excluded:
                found.append(one(name, excluded, "; ".join(map(str, needs)) or "PyPI supplies it"))
        return tuple(found) if any(pins[each.name] in each.excluded for each in found) else ()

    def _against_interpreter(self, conda: CondaSolution) -> Nogood:
        version = self.sides.pins(conda)[PYTHON]
        candidates = self.sides.versions([PYTHON])[PYTHON]
        return one(PYTHON, same_minor(version, candidates), f"no PyPI packages fit Python {version}")

    def _fitting(self, conda: CondaSolution, pins: Names, offered: Sequence[OfferedDistribution]) -> Resolution | None:
        """A resolution with these pins of those within reach; the others stay pinned, but were never in the way."""
        beyond = self._distributions(conda) - self._reach(conda)
        outcome = self._attempt(conda, pins | beyond, offered)
        return outcome if isinstance(outcome, Resolution) else None

    def _attempt(
        self, conda: CondaSolution, pins: Names, offered: Sequence[OfferedDistribution]
    ) -> Resolution | NoResolutionError:
        try:
            return self.sides.attempt(conda, pins, offered)
        except NoResolutionError as failure:
            self._culprits(conda, failure)
            return failure

    def _culprits(self, conda: CondaSolution, failure: NoResolutionError) -> Names:
        """The distributions that a refusal names; all within reach if it names none."""
        named = frozenset(entry.name for entry in failure.mentioned) & self._distributions(conda)
        self.blamed |= named
        return named or self._reach(conda)

    def _reach(self, conda: CondaSolution) -> Names:
        """The distributions that may have to do with a failure."""
        every = self._distributions(conda)
        return every if len(every) <= _FEW else (every & self.blamed or every)

    def _distributions(self, conda: CondaSolution) -> Names:
        return frozenset(self.sides.pins(conda)) - {PYTHON}

    def _others(self, conda: CondaSolution, core: Names) -> list[OfferedDistribution]:
        return self._offers(self._reach(conda) - core, or_index=True)

    def _offers(self, names: Names, *, or_index: bool = False) -> list[OfferedDistribution]:
        known = self.sides.versions(names)
        return [
            OfferedDistribution(name=name, versions=tuple(known[name]), or_index=or_index) for name in sorted(names)
        ]
