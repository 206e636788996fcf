"""Storage on any file system that fsspec knows: S3, GCS, Azure, SSH, WebDAV, memory, ..."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from fsspec.core import url_to_fs

from interlock.core.files import at_most
from interlock.core.offline import is_offline, switched_off

if TYPE_CHECKING:
    from pathlib import Path

# A file of these appears only when it is complete. Others show it while it grows, and there it is renamed at the end,
# which would be another copy here.
_WHOLE = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "oci", "hf", "memory"})


class Remote:
    """Files below a URL. Credentials and options are those of fsspec's own configuration.

    Raises :class:`OSError` while the network is switched off, whatever kind of URL it is.
    """

    def __init__(self, url: str) -> None:
        if is_offline():
            raise OSError(switched_off())
        # What others have written since must be seen, so directories are listed anew each time.
        self._fs, root = url_to_fs(url, use_listings_cache=False)
        self._root = str(root).rstrip("/")
        protocols = (self._fs.protocol,) if isinstance(self._fs.protocol, str) else tuple(self._fs.protocol)
        self._whole = not _WHOLE.isdisjoint(protocols)

    def names(self, folder: str) -> list[str]:
        """The names in a folder, none if there is no such folder."""
        place = self._at(folder)
        self._fs.invalidate_cache(place)
        try:
            entries = self._fs.ls(place, detail=False)
        except FileNotFoundError:
            return []
        return sorted(str(entry).rstrip("/").rsplit("/", 1)[-1] for entry in entries)

    def read(self, path: str, *, most: int | None = None) -> bytes:
        """The content of a small file."""
        if most is None:
            return bytes(self._fs.cat_file(self._at(path)))
        return at_most(most, bytes(self._fs.cat_file(self._at(path), start=0, end=most + 1)))

    def write(self, path: str, data: bytes) -> None:
        """Write or replace a small file."""
        target = self._at(path)
        self._fs.makedirs(_parent(target), exist_ok=True)
        staged = self._staged(target)
        self._fs.pipe_file(staged, data)
        self._settle(staged, target)

    def fetch(self, path: str, target: Path) -> None:
        """Copy a file to a local one."""
        self._fs.get_file(self._at(path), str(target))

    def send(self, source: Path, path: str) -> None:
        """Copy a local file here, unless there is one of the same size already."""
        target = self._at(path)
        self._fs.invalidate_cache(_parent(target))
        if self._fs.exists(target) and self._fs.size(target) == source.stat().st_size:
            return
        self._fs.makedirs(_parent(target), exist_ok=True)
        staged = self._staged(target)
        self._fs.put_file(str(source), staged)
        self._settle(staged, target)

    def remove(self, path: str) -> None:
        """Remove a file if it exists."""
        target = self._at(path)
        if self._fs.exists(target):
            self._fs.rm_file(target)

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _staged(self, target: str) -> str:
        return target if self._whole else f"{_parent(target)}/.partial-{secrets.token_hex(8)}"

    def _settle(self, staged: str, target: str) -> None:
        if staged != target:
            self._fs.mv(staged, target)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
