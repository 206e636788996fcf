"""What the lock records of how metadata is known, beside what was found out of sdists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from interlock_hooks.types import EnvironmentRequest, Metadata, PyPIPackage, Resolution

States = Callable[[PyPIPackage], bool]


def with_origins(resolution: Resolution, request: EnvironmentRequest, states: States) -> Resolution:
    """A resolution that also has what the manifest declares of its packages, and what a wheel says of an sdist.

    The resolver reads a wheel of the same version where an sdist does not state its requirements: ``states`` tells.
    """
    entries = dict.fromkeys((*resolution.metadata, *_entries(resolution, request, states)))
    return replace(resolution, metadata=tuple(sorted(entries, key=lambda entry: (entry.name, entry.version or ""))))


def _entries(resolution: Resolution, request: EnvironmentRequest, states: States) -> Iterator[Metadata]:
    for package in resolution.packages:
        versions = (None, package.version)
        declared = (entry for entry in request.build.metadata if entry.name == package.name)
        entry = next((entry for entry in declared if entry.version in versions), None)
        if entry is not None:
            yield entry
        elif package.needs_build and resolution.metadata_of(package) is None and not states(package):
            yield Metadata(name=package.name, version=package.version, requires_dist=package.requires, origin="wheel")
