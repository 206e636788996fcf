"""Whether a resolution is what the request asks for: checked before anything is made of it, whoever resolved.

A resolver that leaves something out makes an environment that is wrong in silence, which is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from packaging.requirements import Requirement as Pep508
from packaging.utils import InvalidWheelFilename, NormalizedName, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from interlock.core.markers import holds, marker_environment
from interlock.core.pep508 import required_name
from interlock.core.requirements import Present, admits, unmet_requirements
from interlock.core.tags import supported_tags
from interlock.core.urls import split_url
from interlock.resolve import findings
from interlock.resolve.python_bounds import admits_python
from interlock.resolve.stated import stated_metadata
from interlock.resolve.uv.pins import is_only_for_extra, known_metadata, pin_version
from interlock.resolve.uv.settings import scoped_overrides

if TYPE_CHECKING:
    from packaging.tags import Tag

    from interlock.core.requirements import Unmet
    from interlock_hooks.types import (
        Finding,
        Location,
        ProvidedDistribution,
        PyPIPackage,
        PyPIRequest,
        PythonTarget,
        Resolution,
    )


def violations(request: PyPIRequest, resolution: Resolution) -> list[Finding]:
    """IL321 for each thing that a resolution violates; none for one that may be locked.

    Every requirement of the project whose marker holds is met, by a package or by what conda provides, at a version
    that it admits and with its extras. So is every requirement of the packages, as far as their metadata is known, and
    every constraint. Where the request overrides a requirement, the override counts. Artifacts fit the interpreter and
    the platform (PEP 425), and packages allow the interpreter (``Requires-Python``). Nothing that conda provides is
    resolved as well. A request with offers has no resolution that may be locked.
    """
    return list(_Check(request, resolution).findings())


class _Check:
    def __init__(self, request: PyPIRequest, resolution: Resolution) -> None:
        self._request = request
        self._resolution = resolution
        self._variables = marker_environment(resolution.python)
        self._packages = {package.name: package for package in resolution.packages}
        self._provided = {entry.name: pin_version(entry.version) for entry in request.provided}

    def findings(self) -> Iterator[Finding]:
        for unmet in self._unmet():
            yield findings.requirement_violated(
                self._owner(unmet), str(unmet.requirement), unmet.found, where=self._place(unmet)
            )
        found, asked = self._resolution.provided, self._request.provided
        if found != asked and [*map(_identity, found)] != [*map(_identity, asked)]:
            yield findings.supplied_violated()
        yield from self._constraints()
        yield from self._direct()
        for package in self._resolution.packages:
            yield from self._package(package)

    def _unmet(self) -> Iterator[Unmet]:
        present = {name: self._supplied(name, version) for name, version in self._provided.items()}
        for package in self._resolution.packages:
            metadata = stated_metadata(package, self._request, self._resolution)
            requires = metadata.requires_dist if metadata else package.requires
            present[package.name] = Present(package.name, package.known_version, requires)
        asked = (requirement.text for requirement in self._request.requirements)
        return unmet_requirements(
            present, list(asked), self._variables, self._request.overrides, scoped_overrides(self._request)
        )

    def _supplied(self, name: NormalizedName, version: str) -> Present:
        """What conda supplies; of its requirements only those count that conda does not know, those of extras."""
        metadata = known_metadata(self._request, name, version)
        extras = [text for text in metadata.requires_dist if is_only_for_extra(text)] if metadata else []
        return Present(name, version, tuple(extras))

    def _owner(self, unmet: Unmet) -> str:
        return str(self._packages.get(unmet.by, unmet.by)) if unmet.by else ""

    def _place(self, unmet: Unmet) -> Location | None:
        name = canonicalize_name(unmet.requirement.name)
        if unmet.by is not None:
            return None
        return next((each.where for each in self._request.requirements if each.name == name), None)

    def _version(self, name: NormalizedName) -> str | None:
        package = self._packages.get(name)
        return package.known_version if package else self._provided.get(name)

    def _constraints(self) -> Iterator[Finding]:
        for constraint in map(Pep508, self._request.constraints):
            version = self._version(canonicalize_name(constraint.name))
            if not admits(constraint.specifier, version) and self._holds(constraint):
                yield findings.constraint_violated(str(constraint), f"{constraint.name} {version}")

    def _direct(self) -> Iterator[Finding]:
        """What the project's requirements say beside versions: extras, and where a package comes from."""
        overridden = {required_name(text) for text in self._request.overrides}
        for requirement in self._request.requirements:
            package, parsed = self._packages.get(requirement.name), Pep508(requirement.text)
            if package is None or requirement.name in overridden or not self._holds(parsed):
                continue
            if {*map(canonicalize_name, parsed.extras)} - {*map(canonicalize_name, package.extras)}:
                yield findings.requirement_violated("", requirement.text, package.version, where=requirement.where)
            elif parsed.url is not None and not _comes_from(package, parsed.url):
                yield findings.origin_violated(requirement, package)

    def _package(self, package: PyPIPackage) -> Iterator[Finding]:
        python = self._resolution.python
        if package.name in self._provided:
            yield findings.provided_violated(package)
        if package.artifact.kind == "wheel" and not _fits(package, python):
            yield findings.artifact_violated(package, python)
        metadata = stated_metadata(package, self._request, self._resolution)
        needed = metadata.requires_python if metadata else None
        if needed and not admits_python(needed, python):
            yield findings.python_violated(package, needed, python)

    def _holds(self, requirement: Pep508) -> bool:
        return holds(requirement.marker, self._variables)


def _identity(entry: ProvidedDistribution) -> tuple[str, str, str]:
    return entry.name, entry.version, entry.record


def _comes_from(package: PyPIPackage, url: str) -> bool:
    """Whether an artifact is of the kind that a URL names, and if that is a server's, from there."""
    artifact = package.artifact
    place = split_url(url)
    if place.scheme.startswith("git+") or artifact.kind == "git":
        return place.scheme.startswith("git+") and artifact.kind == "git"
    if place.path.endswith(".whl") != (artifact.kind == "wheel"):
        return False
    found = split_url(artifact.url)
    same_path = unquote(place.path) == unquote(found.path)
    return place.scheme == "file" or (place.hostname == found.hostname and same_path)


def _fits(package: PyPIPackage, python: PythonTarget) -> bool:
    """Whether a wheel is of that package and has a tag that the target supports."""
    if package.artifact.filename is None:
        return True
    try:
        name, version, _, tags = parse_wheel_filename(package.artifact.filename)
    except InvalidWheelFilename:
        return False
    same = package.known_version is None or version == Version(package.version)
    return name == package.name and same and not tags.isdisjoint(_tags(python))


@lru_cache(maxsize=8)
def _tags(python: PythonTarget) -> frozenset[Tag]:
    return frozenset(supported_tags(python))
