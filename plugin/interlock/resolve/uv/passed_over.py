"""Newer versions that the resolver did not select, with the requirement that excluded them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from interlock_hooks.types import PassedOver

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from interlock.resolve.uv.log import Edges


def passed_over(edges: Edges, chosen: Mapping[NormalizedName, str]) -> Iterator[PassedOver]:
    """For each package the newer versions whose requirements the resolution does not satisfy.

    ``chosen`` maps all names of the resolution, those that conda supplies included, to versions. Of several versions
    with the same obstacle the newest is told. A version that is left out because another package does not want it has
    no entry: that package's requirement says so already.
    """
    for name, version in sorted(chosen.items()):
        told: set[str] = set()
        for newer in _newer(edges.versions.get(name, ()), version):
            needs = _obstacle(edges.requires[name, newer], chosen)
            if needs is not None and str(needs) not in told:
                told.add(str(needs))
                other = canonicalize_name(needs.name)
                why = f"it needs {needs}, and {other} is {chosen[other]}"
                yield PassedOver(name=name, version=newer, why=why, needs=str(needs))


def _newer(considered: Sequence[str], version: str) -> list[str]:
    try:
        newer = {text for text in considered if Version(text) > Version(version)}
    except ValueError:
        return []
    return sorted(newer, key=Version, reverse=True)


def _obstacle(requires: Sequence[Requirement], chosen: Mapping[NormalizedName, str]) -> Requirement | None:
    for requirement in requires:
        version = chosen.get(canonicalize_name(requirement.name))
        if version is not None and not requirement.specifier.contains(version, prereleases=True):
            return requirement
    return None
