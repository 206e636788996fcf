"""Combinations of versions that the joint solve knows not to work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from packaging.utils import NormalizedName
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock_hooks.types import Location

# The interpreter takes part like a distribution of this name; no project on an index can have it.
PYTHON = NormalizedName("python")

Ranges: TypeAlias = tuple[tuple[NormalizedName, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class Nogood:
    """Versions of PyPI names that conda must not supply all at once.

    ``versions`` holds a set of versions for each name; a solution is excluded when conda supplies every one of the
    names in one of its versions, never because conda does not supply one. Of several names, it is best to give way in
    the first. ``origin`` is a short phrase for messages; ``where`` the place in the manifest, if any.
    """

    versions: Ranges
    origin: str
    where: Location | None = None

    @property
    def name(self) -> NormalizedName:
        """The first name, which is the only one of most."""
        return self.versions[0][0]

    @property
    def excluded(self) -> frozenset[str]:
        """The versions of the first name."""
        return self.versions[0][1]

    def __str__(self) -> str:
        return " with ".join(f"{name} {', '.join(sorted(versions, key=_order))}" for name, versions in self.versions)


def one(name: NormalizedName, versions: Iterable[str], origin: str, where: Location | None = None) -> Nogood:
    """The nogood that excludes versions of a single name, whatever else conda supplies."""
    return Nogood(((name, frozenset(versions)),), origin, where)


def same_minor(version: str, candidates: Iterable[str]) -> list[str]:
    """The other versions of an interpreter that differ from ``version`` only in the patch release, from old to new."""
    series = _series(version)
    others = {candidate for candidate in candidates if _series(candidate) == series} - {version}
    return sorted(others, key=_order)


def _series(version: str) -> tuple[str, ...]:
    return tuple(version.split(".")[:2])


def _order(text: str) -> tuple[bool, Version | str]:
    try:
        return True, Version(text)
    except ValueError:
        return False, text
