"""The cache of unpacked conda packages, from which files are linked into prefixes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.idle import remove_at_once
from interlock.engines.rattler.caches import shared_cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from interlock_hooks.types import CondaRecord


def forget_unpacked(records: Iterable[CondaRecord]) -> None:
    """Remove packages from the cache, so that they are fetched and unpacked again.

    rattler compares the sizes of files there with those of the package, and not their content. Files of prefixes that
    are links into the cache stay.
    """
    for record in records:
        for folder in unpacked_folders(record):
            remove_at_once(folder)


def unpacked_folders(record: CondaRecord) -> list[Path]:
    """Where a package lies unpacked: one folder, or several from as many channels; none if it is not in the cache."""
    return [Path(entry) for entry in _entries() if _is_of(entry.name, record) and entry.is_dir()]


def folders_named(names: Iterable[str]) -> list[Path]:
    """The same for several packages, each by name, version and build with hyphens between them."""
    wanted = tuple(names)
    begins = tuple(f"{name}-" for name in wanted)
    return [
        Path(entry)
        for entry in _entries()
        if (entry.name in wanted or entry.name.startswith(begins)) and entry.is_dir()
    ]


def are_unpacked(records: Sequence[CondaRecord]) -> bool:
    """Whether the cache has all of these packages."""
    names = [entry.name for entry in _entries() if entry.is_dir()] if records else []
    return all(any(_is_of(name, record) for name in names) for record in records)


def _entries() -> list[os.DirEntry[str]]:
    with suppress(FileNotFoundError):
        return list(os.scandir(shared_cache_dir() / "pkgs"))
    return []


def _is_of(folder: str, record: CondaRecord) -> bool:
    # rattler may add from which channel a package is. Other builds may have names that begin with this one's.
    name = f"{record.name}-{record.version}-{record.build}"
    return folder == name or folder.startswith(f"{name}-")
