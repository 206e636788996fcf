"""What is known of a package beyond what the resolver says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from interlock_hooks.types import Metadata, PyPIPackage, PyPIRequest, Requirement, Resolution


def is_required_by_url(name: NormalizedName, requirements: Iterable[Requirement]) -> bool:
    """Whether the project itself takes a package from a URL, a repository or a path (direct references, PEP 508)."""
    return any(each.name == name and "@" in each.text for each in requirements)


def stated_metadata(package: PyPIPackage, request: PyPIRequest, resolution: Resolution) -> Metadata | None:
    """The metadata of a package as the manifest declares it, else as its backend says it; ``None`` if neither does."""
    known = (
        entry
        for entry in (*request.metadata, *resolution.metadata)
        if entry.origin != "assumed" and entry.name == package.name and entry.version in (None, package.version)
    )
    return min(known, key=lambda entry: entry.origin != "manifest", default=None)
