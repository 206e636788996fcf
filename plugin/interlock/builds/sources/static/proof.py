"""What a source proves, as the metadata that resolving takes in place of a build backend's answer."""

from __future__ import annotations

from packaging.version import Version

from interlock.builds.sources.static.facts import Known, NotProvable, StaticMetadata
from interlock_hooks.types import Metadata, PyPIPackage


def proven_metadata(found: StaticMetadata, package: PyPIPackage) -> Metadata | None:
    """The metadata of ``package``, if its source proves all of it.

    The version is that of the package, and must be known. A source that proves another one proves nothing of this one.
    """
    dist, python, extras = found.requires_dist, found.requires_python, found.extras
    if isinstance(dist, NotProvable) or isinstance(python, NotProvable) or isinstance(extras, NotProvable):
        return None
    own = found.version.value if isinstance(found.version, Known) else None
    version = package.known_version or own
    if version is None or (own is not None and Version(own) != Version(version)):
        return None
    return Metadata(
        name=package.name,
        version=version,
        requires_dist=dist.value,
        requires_python=python.value,
        provides_extra=extras.value,
        origin="static",
        place=dist.source,
    )
