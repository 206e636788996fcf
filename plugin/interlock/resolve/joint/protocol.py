"""The questions of the joint solve to the two ecosystems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from packaging.utils import NormalizedName

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from interlock.resolve.joint.nogoods import Nogood
    from interlock.resolve.uv.errors import Known
    from interlock_hooks.types import CondaSolution, Finding, OfferedDistribution, PyPIRequest, Resolution

Names = frozenset[NormalizedName]
Pins = dict[NormalizedName, str]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A resolution and the request that it answers; ``findings`` tell what was repaired, and what could not be."""

    request: PyPIRequest
    resolution: Resolution
    findings: tuple[Finding, ...] = ()


class Conda(Protocol):
    """conda, as the joint solve talks to it."""

    def solve(
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

    def look_for(self, names: Iterable[NormalizedName]) -> None:
        """Look for packages that supply distributions by what their records say alone; :meth:`versions` then has them.

        It takes a look at every record of a channel, so this is for names that would be the last resort.
        """

    def asked(self, name: NormalizedName) -> bool:
        """Whether the manifest asks conda for a distribution itself."""


class PyPI(Protocol):
    """PyPI, as the joint solve talks to it. No answer depends on what was asked before."""

    def resolve(self, conda: CondaSolution) -> Resolved:
        """Resolve PyPI completely on a conda solution. Raises :class:`NoResolutionError` when nothing fits."""

    def attempt(
        self,
        conda: CondaSolution,
        pins: Names,
        offered: Sequence[OfferedDistribution],
        known: Known,
        python: str | None = None,
    ) -> Resolved:
        """Resolve once, with only these pins of ``conda``, and with offers instead.

        It is for the interpreter of ``conda``, or for its patch release ``python``.

        ``known`` is what was learned of packages so far, with what the manifest declares; without any metadata it is
        the latter. Raises :class:`NoResolutionError` when nothing fits.
        """


@dataclass(frozen=True, slots=True)
class Sides:
    """The two ecosystems of one request."""

    conda: Conda
    pypi: PyPI
