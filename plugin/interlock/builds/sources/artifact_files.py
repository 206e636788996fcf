"""The files in an artifact, read without installing it and, for wheels on an index, without downloading it."""

from __future__ import annotations

import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

from interlock.builds.sources.download import fetch_file, http_session
from interlock.core.files import write_atomic
from interlock.core.paths import cache_dir
from interlock.core.urls import local_path
from interlock_hooks.types import Artifact, InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from requests import Session

# The directory of a wheel lies at its end; this much holds it for all but the largest.
_TAIL = 1 << 18
_SECONDS = 30


def list_files(artifact: Artifact, *, root: Path) -> tuple[str, ...]:
    """The names of the files in a wheel, or of a source tree relative to its top; empty if they cannot be read."""
    cached = cache_dir() / "listings" / f"{artifact.sha256}.txt"
    if artifact.sha256 and cached.is_file():
        return tuple(cached.read_text(encoding="utf-8").splitlines())
    try:
        names = _read(artifact, root)
    except (OSError, ValueError, zipfile.BadZipFile, tarfile.TarError, InterlockError):
        # What cannot be read proves nothing; the failure that led here is reported instead.
        return ()
    if artifact.sha256:
        write_atomic(cached, "\n".join(names))
    return names


def _read(artifact: Artifact, root: Path) -> tuple[str, ...]:
    if artifact.kind == "wheel":
        return _wheel(artifact, root)
    if artifact.kind == "directory":
        tree = local_path(artifact.url, root)
        return tuple(path.relative_to(tree).as_posix() for path in tree.glob("**/*.py"))
    if artifact.kind == "git":
        return ()
    file = fetch_file(artifact, root=root)
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            return tuple(_below_top(name) for name in archive.namelist())
    with tarfile.open(file) as tar:
        return tuple(_below_top(name) for name in tar.getnames())


def _below_top(name: str) -> str:
    return name.partition("/")[2].removeprefix("src/")


def _wheel(artifact: Artifact, root: Path) -> tuple[str, ...]:
    if not artifact.url.startswith("http"):
        with zipfile.ZipFile(fetch_file(artifact, root=root)) as archive:
            return tuple(archive.namelist())
    with http_session() as session:
        remote = _open_remote(session, artifact.url)
        if remote is not None:
            with zipfile.ZipFile(remote) as archive:
                return tuple(archive.namelist())
    # A server that cannot send a part of a file.
    with zipfile.ZipFile(fetch_file(artifact, root=root)) as archive:
        return tuple(archive.namelist())


class _RemoteFile(io.RawIOBase):
    """The end of a file on a server, and the rest of it on demand, as ``zipfile`` wants to read it."""

    def __init__(self, session: Session, url: str, size: int, tail: bytes) -> None:
        self._session = session
        self._url = url
        self._size = size
        self._tail = tail
        self._position = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = start + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        end = self._size if size < 0 else min(self._size, self._position + size)
        begin_of_tail = self._size - len(self._tail)
        if self._position >= begin_of_tail:
            data = self._tail[self._position - begin_of_tail : end - begin_of_tail]
        else:
            response = _get(self._session, self._url, f"bytes={self._position}-{end - 1}")
            data = response[0]
        self._position += len(data)
        return data


def _open_remote(session: Session, url: str) -> _RemoteFile | None:
    tail, content_range = _get(session, url, f"bytes=-{_TAIL}")
    if not content_range:
        return None
    return _RemoteFile(session, url, int(content_range.rpartition("/")[2]), tail)


def _get(session: Session, url: str, wanted: str) -> tuple[bytes, str]:
    headers = {"Range": wanted, "Accept-Encoding": "identity"}
    with session.get(url, headers=headers, timeout=_SECONDS, stream=True) as response:
        response.raise_for_status()
        if response.status_code != 206:
            return b"", ""
        return response.content, response.headers.get("Content-Range", "")
