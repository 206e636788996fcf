"""A conda channel in a directory: which packages it has, how one gets in, and its index."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from interlock.channel import findings
from interlock.core.json import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator

SUBDIR = "linux-64"
SUBDIRS = (SUBDIR, "noarch")
# Dotted, so that neither the indexer nor a web server's listing takes it for a subdirectory of packages.
WORK = ".interlock"


@dataclass(frozen=True, slots=True)
class PackageId:
    """Name, version, build string and build number of a package, and the subdirectory it belongs to."""

    name: str
    version: str
    build: str
    subdir: str = SUBDIR
    number: int = 0

    @property
    def path(self) -> str:
        """The package's file relative to the channel."""
        return f"{self.subdir}/{self.name}-{self.version}-{self.build}.conda"

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class ChannelDirectory:
    """The channel at `root`. Packages appear in it whole or not at all; the index is written after them."""

    root: Path

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Create what is missing, and keep other processes from writing to the channel for the time of the block."""
        lock = FileLock(self.root / WORK / "lock")
        try:
            for name in (*SUBDIRS, WORK):
                (self.root / name).mkdir(parents=True, exist_ok=True)
                if not os.access(self.root / name, os.W_OK | os.X_OK):
                    raise PermissionError(f"{self.root / name} is not writable")
            lock.acquire()
        except OSError as error:
            raise findings.directory_unusable(self.root, str(error)) from error
        try:
            for stale in (self.root / WORK).glob("build-*"):
                shutil.rmtree(stale, ignore_errors=True)
            yield
        except OSError as error:  # a full disk, a file system that went away
            raise findings.directory_unusable(self.root, str(error)) from error
        finally:
            lock.release()

    def has(self, package: PackageId) -> bool:
        """Whether the package has been built."""
        return (self.root / package.path).is_file()

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """An empty directory on the channel's file system, removed afterwards."""
        with tempfile.TemporaryDirectory(prefix="build-", dir=self.root / WORK, ignore_cleanup_errors=True) as path:
            yield Path(path)

    def add(self, built: Path, package: PackageId) -> None:
        """Move the complete package file `built` (from the workspace) to its place."""
        built.chmod(0o644)
        built.replace(self.root / package.path)

    def index(self) -> bool:
        """Bring repodata up to date; returns whether there was anything to do."""
        if all(self._is_indexed(subdir) for subdir in SUBDIRS):
            return False
        # Imported here: a run that builds nothing stays free of the engine.
        from interlock.engines.rattler.index import index_channel

        try:
            index_channel(self.root, force=not self._is_readable())
        except OSError as error:
            raise findings.not_indexed(self.root, str(error)) from error
        return True

    def _is_indexed(self, subdir: str) -> bool:
        present = {file.name for file in (self.root / subdir).glob("*.conda")}
        return _indexed(self.root / subdir / "repodata.json") == present

    def _is_readable(self) -> bool:
        """Whether the present index can be updated: an interrupted one cannot."""
        files = [self.root / subdir / "repodata.json" for subdir in SUBDIRS]
        return all(_indexed(file) is not None for file in files if file.exists())


def _indexed(repodata: Path) -> set[str] | None:
    try:
        return set(parse_json(repodata.read_bytes())["packages.conda"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
