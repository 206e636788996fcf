"""What packages will own once they are installed: as their wheels say, or as others of the same hash did."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.core.urls import local_path
from interlock.engines.ownership import Claim, conda_claim
from interlock.engines.python.wheels import destination, wheel_commands, wheel_record
from interlock.engines.rattler.contents import unpacked_files
from interlock.engines.wheel_files import recall_wheel
from interlock.install.clashes import RECORDS

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock.engines.python.distributions import SiteDistribution
    from interlock_hooks.types import CondaRecord, PyPIPackage


def expected_claim(package: PyPIPackage, files: Mapping[NormalizedName, Path], site_packages: str) -> Claim | None:
    """What a package will own, ``None`` if nobody has seen its wheel; ``files`` are wheels that are at hand."""
    path = files.get(package.name) or _local_wheel(package)
    if path is not None:
        return wheel_claim(path, site_packages)
    seen = recall_wheel(package)
    if seen is None:
        return None
    inside = {f"{site_packages}/{path}": digest for path, digest in seen.site.items()}
    return Claim(package.name, f"{package.name} {package.version}", inside | dict(seen.prefix))


def wheel_claim(wheel: Path, site_packages: str) -> Claim:
    """What a wheel file will own once it is installed, except scripts that it brings (PEP 427).

    A damaged wheel owns nothing: the installer refuses it.
    """
    name, version = (*wheel.name.split("-"), "")[:2]
    files = {}
    try:
        record, commands = wheel_record(wheel), wheel_commands(wheel)
    except (zipfile.BadZipFile, OSError):
        record, commands = {}, {}
    for path, digest in record.items():
        place = destination(path)
        # Its own metadata is nobody else's.
        if place is None or place[1].parts[0].endswith(".dist-info"):
            continue
        scheme, inside = place
        if not digest and not str(inside).startswith(RECORDS):
            continue
        files[f"{site_packages}/{inside}" if scheme == "site" else str(inside)] = digest
    return Claim(canonicalize_name(name), f"{name} {version}", files | _below_bin(commands))


def comparable(claim: Claim, found: SiteDistribution) -> Claim:
    """What an installed distribution owns, with commands as in those above."""
    commands = _below_bin(found.commands)
    if claim.files.keys().isdisjoint(commands):
        return claim
    return replace(claim, files={path: commands.get(path, digest) for path, digest in claim.files.items()})


def conda_expected(records: Iterable[CondaRecord], site_packages: str) -> list[Claim]:
    """What conda packages will own, as far as they are unpacked in the cache."""
    found = ((record.name, unpacked_files(record, site_packages)) for record in records)
    return [conda_claim(name, files) for name, files in found if files]


def _below_bin(commands: Mapping[str, str]) -> dict[str, str | None]:
    return {f"bin/{name}": target for name, target in commands.items()}


def _local_wheel(package: PyPIPackage) -> Path | None:
    is_local = package.artifact.kind == "wheel" and package.artifact.url.startswith("file:")
    path = local_path(package.artifact.url) if is_local else None
    return path if path is not None and path.is_file() else None
