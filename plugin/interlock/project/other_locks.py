"""Locks of other tools, as preferences for a project's first lock: moving over changes no version that still fits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from interlock.core.files import is_file
from interlock.core.toml import parse_toml
from interlock.lock.model import Lock
from interlock.project.findings.locks import preferred_lock, unreadable_lock
from interlock_hooks.types import (
    Artifact,
    CondaRecord,
    CondaSolution,
    LockedEnvironment,
    PyPIPackage,
    PythonTarget,
    Resolution,
)

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.engines.rattler.lock_files import PixiLock
    from interlock_hooks.types import EnvironmentRequest, Finding

_PIXI, _UV = "pixi.lock", "uv.lock"
_FIELDS = ("name", "version", "source")
_Versions = dict[NormalizedName, str]


def preferences(root: Path, requests: Iterable[EnvironmentRequest]) -> tuple[Lock, tuple[Finding, ...]]:
    """What stands in for an earlier lock: what ``pixi.lock`` and ``uv.lock`` of a directory say of these environments.

    Of uv's lock only those packages count that pixi's does not have. The findings tell which file is used, and which
    cannot be read.
    """
    pixi, unreadable_pixi = _pixi_lock(root / _PIXI)
    of_uv, unreadable_uv = _uv_versions(root / _UV)
    lock, used = Lock(), {_PIXI: False, _UV: False}
    for request in requests:
        found = pixi.packages(request.name, request.platform) if pixi else None
        records, of_pixi = (found.records, _readable(found.versions)) if found else ((), {})
        used[_PIXI] |= bool(records or of_pixi)
        used[_UV] |= bool(of_uv.keys() - of_pixi.keys())
        versions = {**of_uv, **of_pixi}
        if records or versions:
            lock = lock.with_environment(_earlier(request, records, versions), digest="")
    notes = (preferred_lock(name) for name, is_used in used.items() if is_used)
    return lock, (*unreadable_pixi, *unreadable_uv, *notes)


def _pixi_lock(path: Path) -> tuple[PixiLock | None, tuple[Finding, ...]]:
    if not is_file(path):
        return None, ()
    from interlock.engines.rattler.lock_files import PixiLock

    try:
        return PixiLock(path), ()
    except ValueError as error:
        return None, (unreadable_lock(path.name, str(error)),)


def _uv_versions(path: Path) -> tuple[_Versions, tuple[Finding, ...]]:
    if not is_file(path):
        return {}, ()
    try:
        return _from_indexes(parse_toml(path.read_text(encoding="utf-8"))), ()
    except (OSError, ValueError) as error:
        return {}, (unreadable_lock(path.name, str(error)),)


def _from_indexes(document: dict[str, Any]) -> _Versions:
    """The versions of a ``uv.lock``; a package of which it has several, for different targets, has none."""
    found: dict[NormalizedName, set[str]] = {}
    packages = document.get("package", [])
    for entry in packages if isinstance(packages, list) else ():
        name, version, source = (entry.get(key) if isinstance(entry, dict) else None for key in _FIELDS)
        if isinstance(name, str) and isinstance(version, str) and isinstance(source, dict) and "registry" in source:
            found.setdefault(canonicalize_name(name), set()).add(version)
    single = ((name, next(iter(versions))) for name, versions in found.items() if len(versions) == 1)
    return _readable(single)


def _readable(versions: Iterable[tuple[NormalizedName, str]]) -> _Versions:
    return {name: version for name, version in versions if _is_version(version)}


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _earlier(request: EnvironmentRequest, records: tuple[CondaRecord, ...], versions: _Versions) -> LockedEnvironment:
    # Only names and versions of an earlier resolution are looked at.
    nowhere = Artifact(kind="wheel", url="")
    packages = tuple(PyPIPackage(name=name, version=version, artifact=nowhere) for name, version in versions.items())
    python = PythonTarget(version="", platform=request.platform)
    return LockedEnvironment(
        name=request.name,
        platform=request.target,
        conda=CondaSolution(platform=request.platform, records=records),
        resolution=Resolution(python=python, packages=packages),
    )
