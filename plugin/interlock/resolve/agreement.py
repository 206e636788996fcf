"""Whether a wheel that was built requires what was believed of its package when it was locked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.markers import marker_environment
from interlock.core.pep508 import mended_requirement
from interlock.core.requirements import Overrides, Present, admits, is_active, valid_requirements
from interlock.resolve.uv.pins import pin_version

if TYPE_CHECKING:
    from interlock_hooks.types import EnvironmentRequest, Metadata, PyPIPackage, Resolution


def differences(
    said: Metadata, package: PyPIPackage, resolution: Resolution, request: EnvironmentRequest
) -> tuple[str, ...]:
    """How what a wheel says differs from what the lock believes, a line each: ``-`` for the lock, ``+`` for the wheel.

    Only what counts here is compared: requirements whose marker holds, with the extras that are asked of the package,
    and not those that the manifest overrides. Where the lock has no metadata but only what the resolver made of it,
    the wheel must require the same packages, and the locked versions must be what it admits.
    """
    believed = resolution.metadata_of(package)
    ours = _counting(said.requires_dist, package, resolution, request)
    if believed is None or believed.origin == "wheel":
        return tuple(_against_resolved(ours, package, resolution, request))
    theirs = _counting(believed.requires_dist, package, resolution, request)
    lines = [*_only_in(theirs, ours, "-"), *_only_in(ours, theirs, "+")]
    stated = believed.requires_python is not None or believed.origin != "manifest"
    if stated and not _same_range(believed.requires_python, said.requires_python):
        lines += [f"- Requires-Python: {believed.requires_python or 'any'}"]
        lines += [f"+ Requires-Python: {said.requires_python or 'any'}"]
    return tuple(lines)


def _counting(
    texts: Iterable[str], package: PyPIPackage, resolution: Resolution, request: EnvironmentRequest
) -> list[Requirement]:
    overrides = Overrides(request.overrides, request.scoped_overrides, marker_environment(resolution.python))
    overridden = overrides.names(Present(package.name, package.version))
    active = _active(texts, package, resolution)
    return [each for each in active if canonicalize_name(each.name) not in overridden]


def _active(texts: Iterable[str], package: PyPIPackage, resolution: Resolution) -> Iterator[Requirement]:
    """The requirements that count here. An extra can ask for others of the same package."""
    variables = marker_environment(resolution.python)
    requirements = list(valid_requirements(map(mended_requirement, texts)))
    waiting, seen = ["", *package.extras], set[str]()
    while waiting:
        extra = waiting.pop(0)
        if extra in seen:
            continue
        seen.add(extra)
        for each in requirements:
            if not is_active(each, extra, variables):
                continue
            if canonicalize_name(each.name) == package.name:
                waiting += map(canonicalize_name, sorted(each.extras))
            else:
                yield each


def _only_in(some: list[Requirement], others: list[Requirement], sign: str) -> Iterator[str]:
    known = {_identity(each) for each in others}
    yield from sorted({f"{sign} {_shown(each)}" for each in some if _identity(each) not in known})


def _identity(requirement: Requirement) -> tuple[object, ...]:
    extras = frozenset(map(canonicalize_name, requirement.extras))
    return canonicalize_name(requirement.name), extras, frozenset(requirement.specifier), requirement.url


def _shown(requirement: Requirement) -> str:
    # The marker says why it counts, not what is required.
    shown = Requirement(str(requirement))
    shown.marker = None
    return str(shown)


def _against_resolved(
    ours: list[Requirement], package: PyPIPackage, resolution: Resolution, request: EnvironmentRequest
) -> Iterator[str]:
    theirs = _counting(package.requires, package, resolution, request)
    names = [{canonicalize_name(each.name) for each in some} for some in (theirs, ours)]
    yield from sorted({f"- {_shown(each)}" for each in theirs if canonicalize_name(each.name) not in names[1]})
    for each in ours:
        name = canonicalize_name(each.name)
        version = _version(name, resolution)
        if name not in names[0]:
            yield f"+ {_shown(each)}"
        elif each.url is None and not admits(each.specifier, version):
            yield f"+ {_shown(each)} (the lock has {name} {version})"


def _version(name: NormalizedName, resolution: Resolution) -> str | None:
    package = resolution.get(name)
    if package is not None:
        # Source trees say their version anew each time.
        return None if package.is_source_tree else package.version
    provided = resolution.get_provided(name)
    return None if provided is None else pin_version(provided.version)


def _same_range(one: str | None, other: str | None) -> bool:
    try:
        return SpecifierSet(one or "") == SpecifierSet(other or "")
    except InvalidSpecifier:
        return one == other
