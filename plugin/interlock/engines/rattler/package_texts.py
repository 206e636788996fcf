"""Text files in conda packages, read from the packages themselves without installing or wholly downloading them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rattler.package_streaming import PackageArchive

from interlock.core.inside import leads_out
from interlock.core.offline import is_offline
from interlock.core.urls import local_path
from interlock.engines.rattler.package_paths import package_paths
from interlock.engines.rattler.runtime import client, run
from interlock.engines.rattler.unpacked import unpacked_folders

if TYPE_CHECKING:
    from interlock_hooks.types import CondaRecord

Choice = Callable[[Iterable[str]], Sequence[str]]


class PackageUnreadableError(Exception):
    """A package cannot be had, or is damaged; the text says why."""


def package_texts(record: CondaRecord, choose: Choice) -> dict[str, str]:
    """The text of those files of a package that ``choose`` selects among its paths, by path relative to a prefix.

    Of a package on a server only the parts are fetched that are needed, if it can send them. With the network switched
    off, its files in the cache do. Raises :class:`PackageUnreadableError`.
    """
    try:
        if is_offline() and record.url.startswith("http"):
            return _unpacked(record, choose)
        return run(_read(record, choose))
    # rattler's exceptions have no common base, and some are not its own.
    except Exception as error:
        raise PackageUnreadableError(str(error)) from error


def _unpacked(record: CondaRecord, choose: Choice) -> dict[str, str]:
    (paths,) = package_paths([record])
    folder = unpacked_folders(record)[0]
    chosen = [path for path in choose(paths) if not leads_out(path)]
    return {path: (folder / path).read_text(encoding="utf-8", errors="replace") for path in chosen}


async def _read(record: CondaRecord, choose: Choice) -> dict[str, str]:
    archive = await _open(record.url)
    chosen = choose(await _paths(archive))
    found = await archive.read_files(chosen) if chosen else {}
    return {path: content.decode(errors="replace") for path, content in found.items() if content is not None}


async def _open(url: str) -> PackageArchive:
    if url.startswith("http"):
        return await PackageArchive.from_url(client(), url)
    return await PackageArchive.from_path(local_path(url))


async def _paths(archive: PackageArchive) -> list[str]:
    try:
        return [Path(entry.relative_path).as_posix() for entry in (await archive.paths_json()).paths]
    except Exception:  # noqa: BLE001 - packages had no such list once; what is wrong otherwise, the next line says
        return await archive.list_files()
