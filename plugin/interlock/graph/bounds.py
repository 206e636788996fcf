"""The bounds of version ranges, in the notation and order of either ecosystem."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from packaging.requirements import Requirement as Pep508
from packaging.version import Version

if TYPE_CHECKING:
    from interlock.graph.model import Edge

_OPERATORS = ("===", "==", "~=", ">=", "<=", "!=", ">", "<")
# A version that can be compared with others of its kind, and whether it is admitted itself.
_Bound: TypeAlias = tuple[Any, bool]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and highest version that a range admits; ``None`` where it is open."""

    lower: _Bound | None = None
    upper: _Bound | None = None


def tightest(edges: Sequence[Edge], *, conda: bool) -> tuple[frozenset[Edge], frozenset[Edge]]:
    """The edges with the highest lower bound, and those with the lowest upper bound, all about one package.

    ``conda`` says that it is a conda package, whose versions are compared as conda does. Where one of the ranges cannot
    be read, none is called the tightest.
    """
    known = [(edge, bounds(edge, conda=conda)) for edge in edges]
    if any(found is None for _, found in known):
        return frozenset(), frozenset()
    lower = {edge: _as_lower(found.lower) for edge, found in known if found and found.lower}
    upper = {edge: found.upper for edge, found in known if found and found.upper}
    return (
        frozenset(edge for edge, bound in lower.items() if bound == max(lower.values())),
        frozenset(edge for edge, bound in upper.items() if bound == min(upper.values())),
    )


def bounds(edge: Edge, *, conda: bool) -> Bounds | None:
    """Where the range of an edge ends; ``None`` when that cannot be told, as for URLs."""
    text = _versions(edge)
    if text is None or "(" in text:
        return None
    reader = _Reader(_conda_version if conda else Version)
    try:
        alternatives = [reader.conjunction(part) for part in text.split("|")]
    except ValueError:
        return None
    lowers, uppers = [each.lower for each in alternatives], [each.upper for each in alternatives]
    return Bounds(
        lower=None if None in lowers else min(filter(None, lowers), key=_as_lower),
        upper=None if None in uppers else max(filter(None, uppers)),
    )


def _versions(edge: Edge) -> str | None:
    if edge.ecosystem == "conda":
        # Imported here, and below: between PyPI packages, nothing is compared as conda does it.
        from interlock.engines.rattler.matching import version_range

        return version_range(edge.range)
    requirement = Pep508(edge.range)
    return None if requirement.url else str(requirement.specifier)


def _conda_version(text: str) -> Any:
    from interlock.engines.rattler.matching import version_key

    return version_key(text)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads clauses; ``version`` makes versions that can be compared and raises :class:`ValueError`."""

    version: Callable[[str], Any]

    def conjunction(self, text: str) -> Bounds:
        clauses = [self._clause(clause.strip()) for clause in text.split(",") if clause.strip()]
        return Bounds(
            lower=max((each.lower for each in clauses if each.lower), key=_as_lower, default=None),
            upper=min((each.upper for each in clauses if each.upper), default=None),
        )

    def _clause(self, text: str) -> Bounds:
        operator = next((each for each in _OPERATORS if text.startswith(each)), "==")
        version = text.removeprefix(operator).strip()
        if operator == "!=" or text == "*":
            return Bounds()
        if operator in ("==", "===") and version.endswith(".*"):
            return self._series(version.removesuffix(".*").split("."), version.removesuffix(".*"))
        if operator == "~=":
            return self._series(version.split(".")[:-1], version)
        found, exact = self.version(version), operator in ("==", "===")
        return Bounds(
            lower=(found, operator != ">") if exact or operator.startswith(">") else None,
            upper=(found, operator != "<") if exact or operator.startswith("<") else None,
        )

    def _series(self, release: list[str], start: str) -> Bounds:
        """From ``start`` to before the next version of the same length as ``release``."""
        if not release:
            raise ValueError(f"no series of versions begins with {start}")
        after = ".".join([*release[:-1], str(int(release[-1]) + 1)])
        return Bounds(lower=(self.version(start), True), upper=(self.version(after), False))


def _as_lower(bound: _Bound) -> _Bound:
    """In the order of tightness: what excludes its own version is tighter."""
    version, included = bound
    return version, not included
