"""Asking the PyPI side about a conda solution: whether it would work with these pins, and others set free."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from interlock.resolve.errors import NoResolutionError
from interlock.resolve.nogoods import PYTHON, Nogood, one, same_minor
from interlock_hooks.types import CondaSolution, OfferedDistribution, Resolution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from interlock.resolve.sides import Names, Sides

# Up to this many distributions of conda's are all set free when a proof is asked for; of more, those ever blamed.
_FEW = 40


@dataclass(slots=True)
class Questions:
    """Asks, and remembers in ``blamed`` which names were ever in a refusal."""

    sides: Sides
    blamed: set[NormalizedName] = field(default_factory=set)

    def ask(
        self, conda: CondaSolution, pins: Names, offered: Sequence[OfferedDistribution]
    ) -> Resolution | NoResolutionError:
        """A resolution with these pins and offers, or the refusal."""
        try:
            return self.sides.attempt(conda, pins, offered)
        except NoResolutionError as failure:
            self.culprits(conda, failure)
            return failure

    def fitting(self, conda: CondaSolution, pins: Names, offered: Sequence[OfferedDistribution]) -> Resolution | None:
        """A resolution with these pins of those within reach; the others stay pinned, but were never in the way."""
        beyond = self.distributions(conda) - self.reach(conda)
        outcome = self.ask(conda, pins | beyond, offered)
        return outcome if isinstance(outcome, Resolution) else None

    def fitting_at_all(self, conda: CondaSolution) -> Resolution | None:
        """A resolution for the interpreter, whatever else conda supplies; ``None`` proves that there is none."""
        return self.fitting(conda, frozenset(), self.offers(self.reach(conda), or_index=True))

    def culprits(self, conda: CondaSolution, failure: NoResolutionError) -> Names:
        """The distributions that a refusal names; all within reach if it names none."""
        named = frozenset(entry.name for entry in failure.mentioned) & self.distributions(conda)
        self.blamed |= named
        return named or self.reach(conda)

    def reach(self, conda: CondaSolution) -> Names:
        """The distributions that may have to do with a failure."""
        every = self.distributions(conda)
        return every if len(every) <= _FEW else (every & self.blamed or every)

    def distributions(self, conda: CondaSolution) -> Names:
        """All distributions that a conda solution supplies."""
        return frozenset(self.sides.pins(conda)) - {PYTHON}

    def offers(self, names: Names, *, or_index: bool = False) -> list[OfferedDistribution]:
        """Every version that conda has of these names; with ``or_index`` the indexes may supply them, too."""
        known = self.sides.versions(names)
        return [
            OfferedDistribution(name=name, versions=tuple(known[name]), or_index=or_index) for name in sorted(names)
        ]

    def against_interpreter(self, conda: CondaSolution) -> Nogood:
        """The nogood that excludes the interpreter of a solution, and those that count as alike."""
        version = self.sides.pins(conda)[PYTHON]
        candidates = self.sides.versions([PYTHON])[PYTHON]
        return one(PYTHON, same_minor(version, candidates), f"no PyPI packages fit Python {version}")
