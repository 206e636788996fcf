"""The requirements on one name in a resolution, and the versions that they allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from interlock.core.markers import applies
from interlock.resolve.uv.pins import pin_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.specifiers import SpecifierSet

    from interlock.resolve.joint.protocol import Resolved
    from interlock_hooks.types import PythonTarget


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement on some name, and who has it: a package with its version, or the project."""

    requirement: str
    by: str

    def __str__(self) -> str:
        return f"{self.by} requires {self.requirement}"

    @property
    def specifier(self) -> SpecifierSet:
        """The versions that it admits."""
        return Pep508(self.requirement).specifier


def needs_of(name: NormalizedName, resolved: Resolved) -> list[Need]:
    """Every requirement with a version range that a resolution puts on ``name``, those of the project first."""
    request, resolution = resolved.request, resolved.resolution
    own = [(text, "the project") for text in (*(each.text for each in request.requirements), *request.constraints)]
    others = [(text, str(package)) for package in resolution.packages for text in package.requires]
    others += [(text, f"{entry.name} {entry.version}") for entry in resolution.provided for text in entry.requires]
    return list(_limits(name, own + others, resolution.python))


def _limits(name: NormalizedName, texts: Iterable[tuple[str, str]], python: PythonTarget) -> Iterator[Need]:
    for text, by in texts:
        requirement = Pep508(text)
        if canonicalize_name(requirement.name) != name or not requirement.specifier:
            continue
        if applies(requirement, python):
            requirement.marker = None
            yield Need(str(requirement), by)


def admits(specifier: SpecifierSet, version: str) -> bool:
    """Whether a version that conda has is one that a specifier allows; pre-releases count like any other."""
    return specifier.contains(Version(pin_version(version)), prereleases=True)


def versions_outside(needs: Iterable[Need], versions: Iterable[str]) -> frozenset[str]:
    """The versions that at least one of the needs does not allow."""
    limits = [need.specifier for need in needs]
    return frozenset(version for version in versions if not all(admits(limit, version) for limit in limits))
