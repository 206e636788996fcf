"""The documents of ``cache list``, ``show``, ``prune`` and ``verify``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sized

    from interlock.builds.store.store import Stored
    from interlock.cli.documents.cache import CacheList, CachePrune, CacheShow, CacheVerify, StoredWheel
    from interlock.project.caching import BuildPackages, KnownWheels, Pruned, StoredWheels


def list_document(found: StoredWheels, packages: Iterable[BuildPackages], known: KnownWheels) -> CacheList:
    """All wheels, with all that identifies them, the packages of build environments, and what is known of wheels."""
    return {
        "store": str(found.root),
        "wheels": _wheels(found.wheels),
        "build_packages": [
            {"path": str(each.path), "packages": list(each.packages), "used": each.used} for each in packages
        ],
        "wheel_files": {"path": str(known.path), "wheels": known.number, "size": known.size},
    }


def show_document(wheels: Iterable[Stored]) -> CacheShow:
    """The wheels that were asked for."""
    return {
        "wheels": [
            {**_wheel(stored), "provenance": stored.entry.statement, "signed_by": list(stored.entry.signed_by)}
            for stored in wheels
        ]
    }


def prune_document(pruned: Pruned) -> CachePrune:
    """What was removed."""
    return {
        "removed": _wheels(pruned.wheels.wheels),
        "prefixes": [str(prefix) for prefix in pruned.prefixes],
        "build_packages": [str(path) for path in pruned.packages],
        "builds": [str(build) for build in pruned.builds],
        "environments": [str(path) for path in pruned.environments],
        "wheel_files": [str(path) for path in pruned.wheel_files],
    }


def verify_document(intact: StoredWheels, packages: Sized) -> CacheVerify:
    """How many wheels are as they were built, and how many sets of packages as they were installed."""
    return {"store": str(intact.root), "verified": len(intact.wheels), "build_packages": len(packages)}


def _wheels(wheels: Iterable[Stored]) -> list[StoredWheel]:
    return [_wheel(stored) for stored in wheels]


def _wheel(stored: Stored) -> StoredWheel:
    entry = stored.entry
    return {
        "key": stored.key,
        "name": entry.name,
        "version": entry.version,
        "mode": entry.mode,
        "wheel": None if stored.wheel is None else str(stored.wheel),
        "sha256": entry.sha256,
        "size": entry.size,
        "seconds": entry.seconds,
        "log": entry.log,
        "created": entry.created,
        "used": stored.used,
        "source": entry.source,
        "imports": dict(entry.imports),
        "libraries": dict(entry.libraries),
        "missing": list(entry.missing),
        "downloads": list(entry.downloads),
        "variables": dict(entry.variables),
        "toolchain": dict(entry.toolchain),
    }
