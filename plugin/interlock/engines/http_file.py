"""A file on a server, of which only the parts are fetched that are read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from interlock.engines.http import open_session

if TYPE_CHECKING:
    from requests import Session

# The directory of a wheel lies at its end; this much holds it for all but the largest.
_TAIL = 1 << 18
_PARTIAL = 206


@contextmanager
def open_remote(url: str, session: Session | None = None) -> Iterator[_RemoteFile | None]:
    """The file at an address, to be read in the block; ``None`` if the server cannot send parts of files.

    ``session`` is one for several files, which stays open. Raises :class:`OSError`, of which the exceptions of requests
    are, also while it is read.
    """
    with nullcontext(session) if session else open_session() as session:
        tail, content_range = _get(session, url, f"bytes=-{_TAIL}")
        yield _RemoteFile(session, url, int(content_range.rpartition("/")[2]), tail) if content_range else None


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


def _get(session: Session, url: str, wanted: str) -> tuple[bytes, str]:
    headers = {"Range": wanted, "Accept-Encoding": "identity"}
    with session.get(url, headers=headers, stream=True) as response:
        response.raise_for_status()
        if response.status_code != _PARTIAL:
            return b"", ""
        return response.content, response.headers.get("Content-Range", "")
