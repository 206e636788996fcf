"""What is known of a package beyond what the resolver says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlock_hooks.types import Metadata, PyPIPackage, PyPIRequest, Resolution


def stated_metadata(package: PyPIPackage, request: PyPIRequest, resolution: Resolution) -> Metadata | None:
    """The metadata of a package as the manifest declares it, else as its backend says it; ``None`` if neither does."""
    known = (
        entry
        for entry in (*request.metadata, *resolution.metadata)
        if entry.origin != "assumed" and entry.name == package.name and entry.version in (None, package.version)
    )
    return min(known, key=lambda entry: entry.origin != "manifest", default=None)
