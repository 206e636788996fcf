"""The file lists of conda packages, read without installing or completely downloading them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rattler.package import PathsJson
from rattler.package_streaming import extract, fetch_raw_package_file_from_url

from interlock.core.findings import not_cached
from interlock.core.offline import is_offline
from interlock.core.scratch import temporary_directory
from interlock.core.urls import local_path
from interlock.engines.rattler.findings import unknown_names
from interlock.engines.rattler.runtime import client, run
from interlock.engines.rattler.uncached import not_unpacked
from interlock.engines.rattler.unpacked import unpacked_folders
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock_hooks.types import CondaRecord

_AT_ONCE = 16
_LISTING = "info/files"  # what packages had before there was info/paths.json


def package_paths(records: Sequence[CondaRecord]) -> list[tuple[str, ...]]:
    """The paths in each package, relative to a prefix, in the order of the records.

    Of a package on a server only the parts are fetched that hold its index. With the network switched off, its files in
    the cache do. Raises :class:`InterlockError`: IL244, and IL650 for those that are not there.
    """
    if is_offline() and (missing := not_unpacked(records)):
        raise InterlockError(not_cached(missing))
    return run(_all(records))


async def _all(records: Sequence[CondaRecord]) -> list[tuple[str, ...]]:
    limit = asyncio.Semaphore(_AT_ONCE)

    async def one(record: CondaRecord) -> tuple[str, ...]:
        async with limit:
            try:
                if not record.url.startswith("http"):
                    return _local(local_path(record.url))
                return _unpacked(record) if is_offline() else await _remote(record.url)
            # rattler's exceptions have no common base, and some are not its own.
            except Exception as error:
                raise InterlockError(unknown_names(record, str(error))) from error

    return list(await asyncio.gather(*map(one, records)))


async def _remote(url: str) -> tuple[str, ...]:
    found = await PathsJson.from_remote_url(client(), url)
    if found is not None:
        return _paths(found)
    return tuple((await fetch_raw_package_file_from_url(client(), url, _LISTING)).decode().splitlines())


def _unpacked(record: CondaRecord) -> tuple[str, ...]:
    return _paths(PathsJson.from_package_directory_with_deprecated_fallback(unpacked_folders(record)[0]))


def _local(archive: Path) -> tuple[str, ...]:
    try:
        return _paths(PathsJson.from_package_archive(archive))
    except Exception:  # noqa: BLE001 - tried in another way, which says what is wrong if that fails too
        with temporary_directory() as folder:
            extract(archive, folder)
            return _paths(PathsJson.from_package_directory_with_deprecated_fallback(folder))


def _paths(found: PathsJson) -> tuple[str, ...]:
    return tuple(Path(entry.relative_path).as_posix() for entry in found.paths)
