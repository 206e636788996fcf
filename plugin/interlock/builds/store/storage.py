"""The storage of a wheel store: the few operations that a store needs, and a directory that has them."""

from __future__ import annotations

import os
import secrets
import shutil
from typing import TYPE_CHECKING, Protocol

from interlock.core.files import read_at_most, write_atomic
from interlock.core.urls import local_path, split_url

if TYPE_CHECKING:
    from pathlib import Path


class Storage(Protocol):
    """Files under one root, by relative paths with slashes.

    Any number of processes may use one at once: a file appears whole or not at all, as far as what lies below allows
    it. Failures are :class:`OSError`, or whatever the file system behind it raises.
    """

    def names(self, folder: str) -> list[str]:
        """The names in a folder, none if there is no such folder."""
        ...

    def read(self, path: str, *, most: int | None = None) -> bytes:
        """The content of a small file; :class:`TooLargeError` if it has more than ``most`` bytes."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Write or replace a small file."""
        ...

    def fetch(self, path: str, target: Path) -> None:
        """Copy a file to a local one; :class:`FileNotFoundError` if there is none."""
        ...

    def send(self, source: Path, path: str) -> None:
        """Copy a local file here, unless there is one of the same size already."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file if it exists."""
        ...


class Directory:
    """A directory, on this machine or on a network file system."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self, folder: str) -> list[str]:
        """The names in a folder, none if there is no such folder."""
        try:
            return sorted(os.listdir(self.root / folder))  # noqa: PTH208 - pathlib would make a path of each
        except FileNotFoundError:
            return []
        except NotADirectoryError:
            if self.root.is_dir():
                return []
            raise

    def read(self, path: str, *, most: int | None = None) -> bytes:
        """The content of a small file."""
        file = self.root / path
        return file.read_bytes() if most is None else read_at_most(file, most)

    def write(self, path: str, data: bytes) -> None:
        """Write or replace a small file."""
        write_atomic(self.root / path, data)

    def fetch(self, path: str, target: Path) -> None:
        """Copy a file to a local one."""
        shutil.copyfile(self.root / path, target)

    def send(self, source: Path, path: str) -> None:
        """Copy a local file here, unless there is one of the same size already."""
        target = self.root / path
        if target.is_file() and target.stat().st_size == source.stat().st_size:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".partial-{secrets.token_hex(8)}")
        try:
            shutil.copyfile(source, partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)

    def remove(self, path: str) -> None:
        """Remove a file if it exists."""
        (self.root / path).unlink(missing_ok=True)


def open_storage(url: str) -> Storage:
    """The storage at a path, a ``file:`` URL, or a URL of any file system that fsspec knows.

    Raises :class:`ImportError` when fsspec, or what it needs for this kind of URL, is not installed, and
    :class:`ValueError` for an unknown kind of URL.
    """
    if "::" not in url and split_url(url).scheme in ("", "file"):
        return Directory(local_path(url))
    # Imported here: directories do without the optional fsspec.
    from interlock.builds.store.fsspec_storage import Remote

    return Remote(url)
