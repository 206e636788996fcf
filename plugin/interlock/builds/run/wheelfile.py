"""The identity of a wheel, and whether it is the requested one."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.metadata import RawMetadata, parse_email
from packaging.utils import InvalidWheelFilename, NormalizedName, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from interlock.builds.run.findings import invalid_wheel, other_identity
from interlock_hooks.types import InterlockError, Metadata, PyPIPackage

if TYPE_CHECKING:
    from pathlib import Path


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
        metadata = _read_metadata(path)
    except (InvalidWheelFilename, zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise _invalid(package, str(error)) from error
    identity = check_metadata(metadata, package)
    if identity.name != file_name or Version(identity.version) != file_version:
        raise _invalid(package, f"{path.name} contains the metadata of {identity.name} {identity.version}")
    return identity


def check_metadata(raw: RawMetadata, package: PyPIPackage) -> WheelIdentity:
    """The identity in core metadata, which must be that of ``package``; raises as :func:`check_wheel`.

    The version of a local directory may differ: it can depend on the day or on the last commit.
    """
    try:
        name, version = canonicalize_name(raw["name"]), Version(raw["version"])
    except (KeyError, InvalidVersion) as error:
        raise _invalid(package, f"its metadata has no valid name and version: {error}") from error
    same_version = package.artifact.kind == "directory" or version == Version(package.version)
    if name != package.name or not same_version:
        raise InterlockError(other_identity(package, name, version))
    return WheelIdentity(name, str(version))


def read_metadata_directory(folder: Path, package: PyPIPackage) -> Metadata:
    """The metadata that a backend prepared in a ``.dist-info`` directory; raises as :func:`check_wheel`."""
    try:
        raw = _parsed((folder / "METADATA").read_bytes())
    except (OSError, ValueError) as error:
        raise _invalid(package, f"its metadata cannot be read: {error}") from error
    return _metadata(raw, package)


def read_wheel_metadata(path: Path, package: PyPIPackage) -> Metadata:
    """The metadata of a wheel that :func:`check_wheel` has accepted."""
    return _metadata(_read_metadata(path), package)


def _metadata(raw: RawMetadata, package: PyPIPackage) -> Metadata:
    identity = check_metadata(raw, package)
    return Metadata(
        name=identity.name,
        version=identity.version,
        requires_dist=tuple(raw.get("requires_dist", ())),
        requires_python=raw.get("requires_python"),
        provides_extra=tuple(raw.get("provides_extra", ())),
        origin="backend",
    )


def _read_metadata(path: Path) -> RawMetadata:
    with zipfile.ZipFile(path) as wheel:
        names = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA") and name.count("/") == 1]
        if len(names) != 1:
            raise ValueError(f"{path.name} has {len(names)} METADATA files")
        return _parsed(wheel.read(names[0]))


def _parsed(data: bytes) -> RawMetadata:
    raw, _ = parse_email(data)
    return raw


def _invalid(package: PyPIPackage, why: str) -> InterlockError:
    return InterlockError(invalid_wheel(package, why))
