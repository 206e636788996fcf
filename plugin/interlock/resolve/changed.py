"""The metadata of a built package, compared with the resolution: sources change after they were resolved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.core.markers import marker_environment
from interlock.core.requirements import Present, Unmet, admits, unmet_requirements, valid_requirements
from interlock.resolve.uv.pins import pin_version

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock_hooks.types import EnvironmentRequest, Metadata, PyPIPackage, Resolution


def contradictions(
    said: Metadata, package: PyPIPackage, resolution: Resolution, request: EnvironmentRequest
) -> tuple[str, ...]:
    """What in the metadata of a built package contradicts the resolution that it was built for, one sentence each.

    The resolution must meet the requirements that it did not know, and the version those of others. What the manifest
    itself says about the package, as overrides or metadata, is not compared.
    """
    if any(entry.name == package.name for entry in request.build.metadata):
        return ()
    return tuple(dict.fromkeys(_found(said, package, resolution, request)))


def _found(said: Metadata, package: PyPIPackage, resolution: Resolution, request: EnvironmentRequest) -> Iterator[str]:
    known = _known_requirements(package, resolution)
    for unmet in _unmet(said, package, resolution, request):
        needed = canonicalize_name(unmet.requirement.name)
        if needed == package.name:
            by = resolution.get(unmet.by) if unmet.by else None
            yield f"{by or unmet.by or 'the project'} requires {unmet}, and {package.name} is {unmet.found}"
        elif unmet.by == package.name and known is not None and str(unmet.requirement) not in known:
            there = (
                f"and the lock contains {needed} {unmet.found}" if unmet.found else "which the lock does not contain"
            )
            yield f"{package.name} requires {unmet}, {there}"
    for constraint in valid_requirements(request.constraints):
        if canonicalize_name(constraint.name) == package.name and not admits(constraint.specifier, said.version):
            yield f"a constraint allows only {constraint}, and {package.name} is {said.version}"


def _unmet(
    said: Metadata, package: PyPIPackage, resolution: Resolution, request: EnvironmentRequest
) -> Iterator[Unmet]:
    present: dict[NormalizedName, Present] = {
        entry.name: Present(entry.name, pin_version(entry.version)) for entry in resolution.provided
    }
    for each in resolution.packages:
        # Source trees say their version anew each time; that of this one is known now.
        present[each.name] = Present(each.name, None if each.is_source_tree else each.version, each.requires)
    present[package.name] = Present(package.name, said.version, said.requires_dist)
    asked = [requirement.text for requirement in request.requirements]
    asked.append(f"{package.name}[{','.join(package.extras)}]")
    return unmet_requirements(
        present, asked, marker_environment(resolution.python), request.overrides, request.scoped_overrides
    )


def _known_requirements(package: PyPIPackage, resolution: Resolution) -> set[str] | None:
    """What it required when it was resolved; ``None`` if that is in its metadata, and nothing else was asked."""
    before = [entry for entry in resolution.metadata if entry.name == package.name and entry.is_learned]
    texts = {text for entry in before for text in entry.requires_dist}
    return {str(each) for each in valid_requirements(texts)} if before else None
