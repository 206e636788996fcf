"""The identity of a wheel, and whether it is the requested one."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, NormalizedName, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from interlock.builds.run.findings import invalid_wheel, other_identity
from interlock.core.pep508 import mended_requirement, mended_specifiers
from interlock.engines.python.wheels import parse_metadata, wheel_metadata
from interlock_hooks.types import InterlockError, Metadata, PyPIPackage

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.metadata import RawMetadata


@dataclass(frozen=True, slots=True)
class WheelIdentity:
    """The name and version of a built distribution."""

    name: NormalizedName
    version: str


def check_wheel(path: Path, package: PyPIPackage) -> WheelIdentity:
    """The identity of the wheel that was built for ``package``.

    Raises :class:`InterlockError`: IL440 when it is another name or version, IL441 when it is not a valid wheel.
    """
    if not path.is_file():
        raise _invalid(package, f"the backend reported {path.name!r}, but that file does not exist")
    try:
        file_name, file_version, _, _ = parse_wheel_filename(path.name)
        metadata = wheel_metadata(path)
    except (InvalidWheelFilename, zipfile.BadZipFile, OSError, ValueError) as error:
        raise _invalid(package, str(error)) from error
    identity = check_metadata(metadata, package)
    if identity.name != file_name or Version(identity.version) != file_version:
        raise _invalid(package, f"{path.name} contains the metadata of {identity.name} {identity.version}")
    return identity


def check_metadata(raw: RawMetadata, package: PyPIPackage) -> WheelIdentity:
    """The identity in core metadata, which must be that of ``package``; raises as :func:`check_wheel`.

    The version of a source tree may differ: it can depend on the day or on the last commit. A local version says for
    what a version was built, and is the same one (PEP 440).
    """
    try:
        name, version = canonicalize_name(raw["name"]), Version(raw["version"])
    except (KeyError, ValueError) as error:
        raise _invalid(package, f"its metadata has no valid name and version: {error}") from error
    same_version = package.is_source_tree or is_version(version, Version(package.version))
    if name != package.name or not same_version:
        raise InterlockError(other_identity(package, name, version))
    return WheelIdentity(name, str(version))


def is_version(found: Version, wanted: Version) -> bool:
    """Whether a version is the wanted one; a local part of its own counts if that has one as well (PEP 440)."""
    return found == wanted if wanted.local else Version(found.public) == wanted


def read_metadata_directory(folder: Path, package: PyPIPackage) -> Metadata:
    """The metadata that a backend prepared in a ``.dist-info`` directory; raises as :func:`check_wheel`."""
    try:
        raw = parse_metadata((folder / "METADATA").read_bytes())
    except (OSError, ValueError) as error:
        raise _invalid(package, f"its metadata cannot be read: {error}") from error
    return metadata_of(raw, package)


def extras_in_source(tree: Path) -> tuple[str, ...]:
    """The extras that an sdist's own metadata names; none if it has no metadata that can be read."""
    try:
        raw = parse_metadata((tree / "PKG-INFO").read_bytes())
    except (OSError, ValueError):
        return ()
    return tuple(map(canonicalize_name, raw.get("provides_extra", ())))


def read_wheel_metadata(path: Path, package: PyPIPackage) -> Metadata:
    """The metadata of a wheel that :func:`check_wheel` has accepted."""
    return metadata_of(wheel_metadata(path), package)


def metadata_of(raw: RawMetadata, package: PyPIPackage) -> Metadata:
    """Core metadata, which must be that of ``package``; raises as :func:`check_wheel`."""
    identity = check_metadata(raw, package)
    return Metadata(
        name=identity.name,
        version=identity.version,
        requires_dist=tuple(map(mended_requirement, raw.get("requires_dist", ()))),
        requires_python=mended_specifiers(raw.get("requires_python", "")) or None,
        provides_extra=tuple(raw.get("provides_extra", ())),
        origin="backend",
    )


def _invalid(package: PyPIPackage, why: str) -> InterlockError:
    return InterlockError(invalid_wheel(package, why))
