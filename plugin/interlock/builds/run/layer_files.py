"""The files of a layer: which ones it has, whether they are still what was installed, and how it is removed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.core.files import sha256_of, write_atomic
from interlock.core.idle import lock_of
from interlock.engines.python.distributions import SiteDistribution, distributions_in, record_digest

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

_WRITING = 0o222
_ALL = 0o700


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer in the cache, which may be absent, incomplete or damaged."""

    path: Path

    @property
    def index(self) -> Path:
        """The list of its files, written when it is complete; its time of change is the time of last use."""
        return self.path.with_suffix(".json")

    @property
    def lock(self) -> Path:
        """The file to lock while it is made, looked through or removed."""
        return lock_of(self.path)

    @property
    def used(self) -> float:
        """When it was last used (Unix time); 0 if it was never completed."""
        try:
            return self.index.stat().st_mtime
        except FileNotFoundError:
            return 0.0

    @property
    def distributions(self) -> list[SiteDistribution]:
        """What is installed in it."""
        return [found for site in self.path.glob("lib/*/site-packages") for found in distributions_in(site)]

    def is_complete(self) -> bool:
        """Whether it was completed; that says nothing of later damage."""
        return self.index.is_file()

    def complete(self, ignored: frozenset[str] = frozenset()) -> None:
        """Write down its files, except those that are ``ignored``, and take away the permission to change it."""
        entries = []
        for file in files_below(self.path):
            if file not in ignored:
                path = f"{self.path}/{file}"
                entries.append((file, *_fingerprint(path)))
                # The permissions of a file that uv's cache has as well are those of both.
                if os.lstat(path).st_nlink == 1:
                    _change_mode(path, without=_WRITING)
        for folder in _folders(self.path):
            _change_mode(folder, without=_WRITING)
        write_atomic(self.index, json.dumps(entries))

    def changed_files(self) -> set[str]:
        """The files that are gone, or have another size or time than when it was completed.

        Also the index counts, if it is not there or cannot be read.
        """
        try:
            entries = json.loads(self.index.read_text(encoding="utf-8"))
            return {file for file, *known in entries if _fingerprint(f"{self.path}/{file}") != tuple(known)}
        except (OSError, ValueError, TypeError):
            return {self.index.name}

    def wrong_files(self) -> set[str]:
        """The files that have another content than their distributions recorded; all of them are read."""
        recorded = {
            self._name(found, file): digest
            for found in self.distributions
            for file, digest in found.files.items()
            if digest is not None and digest.startswith("sha256=")
        }
        return {file for file, digest in recorded.items() if _recorded_hash(self.path / file) != digest}

    def owners(self, files: set[str]) -> list[NormalizedName]:
        """The distributions that recorded files of it."""
        return [
            found.name for found in self.distributions if any(self._name(found, file) in files for file in found.files)
        ]

    def remove(self) -> None:
        """Remove it; the index goes first, so that a part is never taken for the whole."""
        self.index.unlink(missing_ok=True)
        for folder in _folders(self.path):
            with suppress(OSError):
                _change_mode(folder, also=_ALL)
        shutil.rmtree(self.path, ignore_errors=True)

    def _name(self, found: SiteDistribution, file: str) -> str:
        return os.path.relpath(found.locate(file), self.path)


def files_below(folder: Path) -> Iterator[str]:
    """The files in a folder and all below it, relative to it; links to folders count as files."""
    yield from _walk(os.fspath(folder), "")


def _walk(folder: str, before: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, f"{before}{entry.name}/")
            else:
                yield before + entry.name


def _folders(folder: Path) -> Iterable[str]:
    """A folder and all below it, each before those in it."""
    return [place for place, _, _ in os.walk(folder)]


def _change_mode(path: str, *, without: int = 0, also: int = 0) -> None:
    mode = os.stat(path).st_mode  # noqa: PTH116 - of thousands of names
    os.chmod(path, (mode & 0o777 & ~without) | also)  # noqa: PTH101


def _fingerprint(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)  # noqa: PTH116 - of thousands of names
    except OSError:
        return (-1, 0)
    return found.st_size, found.st_mtime_ns


def _recorded_hash(path: Path) -> str:
    """The hash of a file as RECORD has it; empty if there is no such file."""
    try:
        return record_digest(bytes.fromhex(sha256_of(path)))
    except OSError:
        return ""
