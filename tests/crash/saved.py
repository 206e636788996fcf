"""Folders as they are at a moment, to be put back there: prefixes cannot be moved."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Saved:
    """Copies below ``place`` of what ``folders`` held; files of prefixes are hard links, which nobody may write to."""

    place: Path
    folders: tuple[Path, ...]

    @classmethod
    def of(cls, folders: Sequence[Path], place: Path) -> Saved:
        """Save folders now."""
        saved = cls(place, tuple(folders))
        for number, folder in enumerate(folders):
            _alike(folder, place / str(number))
        return saved

    def put_back(self) -> None:
        """Make the folders what they were, with the same times."""
        for number, folder in enumerate(self.folders):
            _alike(self.place / str(number), folder)


def entries(folder: str | Path, below: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """All that is in a folder, by its path in there; links are not followed. A folder that is not there is empty."""
    with suppress(FileNotFoundError), os.scandir(folder) as found:
        for entry in found:
            yield f"{below}{entry.name}", entry
            if entry.is_dir(follow_symlinks=False):
                yield from entries(entry.path, f"{below}{entry.name}/")


def _alike(source: Path, target: Path) -> None:
    wanted, found = ({path: each.stat(follow_symlinks=False) for path, each in entries(at)} for at in (source, target))
    for path in sorted(found, reverse=True):
        if path not in wanted or not _same(wanted[path], found[path]):
            place = target / path
            if path not in wanted or not (stat.S_ISDIR(wanted[path].st_mode) and place.is_dir()):
                shutil.rmtree(place) if stat.S_ISDIR(found[path].st_mode) else place.unlink()
                del found[path]
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(wanted.keys() - found.keys()):
        one, other = source / path, target / path
        mode = wanted[path].st_mode
        if stat.S_ISDIR(mode):
            other.mkdir()
        elif stat.S_ISLNK(mode):
            other.symlink_to(one.readlink())
        elif "envs" in one.parts and wanted[path].st_size:
            os.link(one, other)
        else:
            shutil.copy2(one, other)
    for path in sorted(wanted, reverse=True):
        if stat.S_ISDIR(wanted[path].st_mode):
            shutil.copystat(source / path, target / path)


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    if stat.S_ISLNK(one.st_mode) or stat.S_ISDIR(one.st_mode):
        return False
    return one.st_ino == other.st_ino
