"""Between the contract's types and rattler's.

Records go through their JSON form, which rattler reads and writes itself: this keeps fields that py-rattler gives no
access to, such as ``purls``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from rattler import (
    Channel,
    GenericVirtualPackage,
    MatchSpec,
    PackageName,
    PackageRecord,
    RepoData,
    RepoDataRecord,
    Subdir,
    Version,
)
from rattler.package import BuildString

from interlock.core.files import sha256_of
from interlock.core.scratch import temporary_directory
from interlock.core.urls import file_path
from interlock.engines.rattler.errors import translated
from interlock.engines.rattler.record_json import record_from_json, record_to_json
from interlock_hooks.types import CondaRecord, CondaSpec, VirtualPackage


def from_rattler(record: PackageRecord) -> CondaRecord:
    """A record of rattler's in the contract's type.

    A package that was asked for by its URL has no channel for rattler, and a file on this machine no hash: it gets the
    channel that the URL is below, and the hash of what is there.
    """
    found = _record(record.to_json())
    if found.channel:
        return found
    path = file_path(found.url)
    sha256 = found.sha256 or (sha256_of(path) if path is not None else None)
    folder = found.url.rpartition("/")[0]
    return replace(found, channel=folder.removesuffix(found.subdir).rstrip("/") + "/", sha256=sha256)


# Solves of one environment have most of their records in common.
@lru_cache(maxsize=10_000)
def _record(text: str) -> CondaRecord:
    return record_from_json(json.loads(text))


def to_rattler(records: Sequence[CondaRecord]) -> list[RepoDataRecord]:
    """Records for rattler, in the same order; they install without repodata.

    Raises :class:`InterlockError` when a field is not valid.
    """
    if not records:
        return []
    packages = {record.file_name: record_to_json(record) for record in records}
    repodata = {
        "packages": {name: data for name, data in packages.items() if name.endswith(".tar.bz2")},
        "packages.conda": {name: data for name, data in packages.items() if not name.endswith(".tar.bz2")},
    }
    with translated("a locked conda record"), temporary_directory() as folder:
        path = folder / "repodata.json"
        path.write_text(json.dumps(repodata), encoding="utf-8")
        # The channel is only a placeholder: each record then gets its own.
        loaded = {entry.file_name: entry for entry in RepoData.from_path(path).into_repo_data(Channel("conda-forge"))}
        return [_with_origin(loaded[record.file_name], record) for record in records]


def to_rattler_virtual(packages: Iterable[VirtualPackage]) -> list[GenericVirtualPackage]:
    """Virtual packages for rattler. Raises :class:`InterlockError` (IL212) when a version is not valid."""
    converted = []
    for package in packages:
        with translated(f"{package.name} {package.version} ({package.origin})"):
            converted.append(
                GenericVirtualPackage(
                    PackageName(package.name), Version(package.version), BuildString.new_unchecked(package.build)
                )
            )
    return converted


def from_rattler_virtual(package: GenericVirtualPackage) -> VirtualPackage:
    """A virtual package that rattler found on this machine."""
    return VirtualPackage(
        name=package.name.normalized,
        version=str(package.version),
        build=str(package.build_string),
        origin="detected",
    )


def to_rattler_spec(spec: CondaSpec) -> MatchSpec:
    """A match spec for rattler. Raises :class:`InterlockError` (IL201) that names the place of the spec."""
    with translated(f"{spec.spec!r} ({spec.origin})", where=spec.where):
        # Conda's own reading, not rattler's strict one: `python 3.11` is a valid spec in environment.yml.
        return MatchSpec(spec.spec)


def to_rattler_channels(channels: Iterable[str]) -> list[Channel]:
    """Channels by name or URL, without repetitions. Raises :class:`InterlockError` (IL202)."""
    converted: dict[str, Channel] = {}
    for name in channels:
        with translated(name):
            channel = Channel(name)
        converted.setdefault(channel.base_url, channel)
    return list(converted.values())


def to_rattler_platforms(platform: str) -> list[Subdir]:
    """The subdirs that serve a platform. Raises :class:`InterlockError` (IL213)."""
    with translated(platform):
        return [Subdir(platform), Subdir("noarch")]


def _with_origin(target: RepoDataRecord, record: CondaRecord) -> RepoDataRecord:
    target.url = record.url
    target.channel = record.channel
    return target
