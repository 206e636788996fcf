"""Questions to the PyPI side: whether a conda solution would work if only some of its distributions stay pinned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from interlock.resolve.joint.needs import admits
from interlock.resolve.joint.nogoods import PYTHON, Nogood, one, same_minor
from interlock.resolve.joint.protocol import Resolved
from interlock.resolve.uv.errors import Known, NoResolutionError
from interlock_hooks.types import CondaSolution, OfferedDistribution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from interlock.resolve.joint.protocol import Names, Sides


@dataclass(slots=True)
class Questions:
    """Asks, and remembers in ``wanted`` every name that the resolver came across before it refused.

    A refusal has to do with these alone: whatever conda supplies beside them, it would have been the same. ``known``
    is what it had been told of packages when it refused; the questions are asked with that.
    """

    sides: Sides
    wanted: set[NormalizedName] = field(default_factory=set)
    known: Known = field(default_factory=Known)

    def ask(
        self, conda: CondaSolution, pins: Names, offered: Sequence[OfferedDistribution], python: str | None = None
    ) -> Resolved | NoResolutionError:
        """A resolution with these pins and offers, or the refusal; ``python`` is another patch release, if any."""
        try:
            return self.sides.pypi.attempt(conda, pins, offered, self.known, python)
        except NoResolutionError as failure:
            self.note(failure)
            return failure

    def note(self, failure: NoResolutionError) -> None:
        """Take a refusal into account."""
        self.wanted |= failure.wanted | {entry.name for entry in failure.mentioned}
        self.known = failure.known

    def fitting(
        self,
        conda: CondaSolution,
        pins: Names,
        offered: Sequence[OfferedDistribution] = (),
        python: str | None = None,
    ) -> Resolved | None:
        """A resolution with these pins and offers, whatever else conda supplies; ``None`` proves that there is none.

        All others within reach may take any version. Those beyond stay pinned, and if that turns out to matter,
        they are within reach from then on.
        """
        held = pins | {offer.name for offer in offered}
        while True:
            reach = self.reach(conda)
            beyond = self.distributions(conda) - reach - held
            outcome = self.ask(conda, pins | beyond, [*offered, *self.offers(reach - held, or_index=True)], python)
            if isinstance(outcome, Resolved):
                return outcome
            if self.reach(conda) == reach:
                return None

    def culprits(self, conda: CondaSolution, failure: NoResolutionError) -> Names:
        """The distributions that a refusal names; all within reach if it names none."""
        named = frozenset(entry.name for entry in failure.mentioned) & self.distributions(conda)
        return named or self.reach(conda)

    def refused(self, conda: CondaSolution, failure: NoResolutionError) -> Names:
        """The distributions whose version some package does not take that the resolver looked at before it refused.

        The explanation of a refusal names what is enough for it, often one of several.
        """
        pins = {name: version for name, version in self.sides.conda.pins(conda).items() if name in failure.wanted}
        texts = {text for required in failure.read.values() for text in required}
        limits = ((canonicalize_name(each.name), each.specifier) for each in map(Requirement, texts))
        return frozenset(name for name, limit in limits if name in pins and not admits(limit, pins[name])) - {PYTHON}

    def reach(self, conda: CondaSolution) -> Names:
        """The distributions that may have to do with the failures so far."""
        return self.distributions(conda) & self.wanted

    def distributions(self, conda: CondaSolution) -> Names:
        """All distributions that a conda solution supplies."""
        return frozenset(self.sides.conda.pins(conda)) - {PYTHON}

    def offers(self, names: Names, *, or_index: bool = False) -> list[OfferedDistribution]:
        """Every version that conda has of these names; with ``or_index`` the indexes may also supply them."""
        known = self.sides.conda.versions(names)
        return [
            OfferedDistribution(name=name, versions=tuple(known[name]), or_index=or_index) for name in sorted(names)
        ]

    def against_interpreter(
        self, conda: CondaSolution, pins: Names = frozenset(), offered: Sequence[OfferedDistribution] = ()
    ) -> Nogood:
        """The nogood that excludes the interpreter of a solution, for which nothing fits these pins and offers.

        Other patch releases are excluded as well, all of them if nothing fits the oldest and the newest.
        """
        version = self.sides.conda.pins(conda)[PYTHON]
        others = same_minor(version, self.sides.conda.versions([PYTHON])[PYTHON])
        ends = dict.fromkeys([others[-1], others[0]]) if others else ()
        unfit = [other for other in ends if self.fitting(conda, pins, offered, other) is None]
        alike = others if len(unfit) == len(ends) else unfit
        return one(PYTHON, {version, *alike}, f"no PyPI packages fit Python {version}")
