"""Reading and writing files so that a crash or a second process never leaves a half-written one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 20


def write_atomic(path: Path, data: str | bytes, *, alone: bool = False, follow: bool = False) -> None:
    """Replace ``path`` by a file with ``data`` (text is UTF-8); other processes see the old content or the new.

    Parent directories are made, permissions of an old file are kept. A symbolic link is replaced as well: a repository
    may hold links to anywhere. ``follow`` one to a file that exists where the user may have put it and its content was
    read before. A caller that is ``alone``, since it holds a lock, replaces what an interrupted one has left. Raises
    :class:`OSError` and leaves the old file when anything fails.
    """
    if follow and path.exists():
        path = path.resolve()
    with staging(path, alone=alone) as staged:
        with suppress(FileNotFoundError):
            if not path.is_symlink():
                staged.chmod(path.stat().st_mode & 0o777)
        staged.write_bytes(data.encode() if isinstance(data, str) else data)


def write_if_changed(path: Path, data: str | bytes, *, alone: bool = False) -> bool:
    """Replace the user's file at ``path``, unless it has this content; whether it changed. Raises :class:`OSError`.

    Follows links, and is ``alone`` as in :func:`write_atomic`.
    """
    content = data.encode() if isinstance(data, str) else data
    if path.is_file() and path.read_bytes() == content:
        return False
    write_atomic(path, content, follow=True, alone=alone)
    return True


class TooLargeError(OSError):
    """A file is larger than one of its kind can be, and was not read."""

    def __init__(self, most: int) -> None:
        super().__init__(f"it is larger than {most >> 20} MiB")


def at_most(most: int, data: bytes) -> bytes:
    """The data. Raises :class:`TooLargeError` if it has more bytes than ``most``, of which one more was asked for."""
    if len(data) > most:
        raise TooLargeError(most)
    return data


def read_at_most(path: Path, most: int) -> bytes:
    """The content of a file with up to ``most`` bytes. Raises :class:`OSError`."""
    with path.open("rb") as file:
        return at_most(most, file.read(most + 1))


def text_in(path: Path) -> str:
    """The text of a file that others wrote, whatever its encoding; an empty one if it cannot be read."""
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace")
    return ""


def discard_staged(path: Path) -> None:
    """Remove what an interrupted writer of ``path`` left that was ``alone``, see :func:`write_atomic`."""
    path = path.resolve()
    path.with_name(_staged_name(path)).unlink(missing_ok=True)


@contextmanager
def staging(path: Path, *, durable: bool = True, alone: bool = False) -> Iterator[Path]:
    """A new empty file beside ``path``, to be written in the block; it becomes ``path`` when the block ends well.

    Directories are made. If the block raises, the file is removed. With ``durable`` the content is on the disk before
    it has the name; what is checked before each use, or quickly made again, need not wait for that. ``alone`` is as in
    :func:`write_atomic`.
    """
    staged = _new_file(path, _staged_name(path) if alone else None)
    try:
        yield staged
        if durable:
            with staged.open("rb") as file:
                os.fsync(file.fileno())
        staged.replace(path)
    except BaseException:
        with suppress(OSError):
            staged.unlink()
        raise


def _staged_name(path: Path) -> str:
    return f".{path.name[:100]}.new"


def _new_file(path: Path, name: str | None) -> Path:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = path.with_name(name or f".{path.name[:100]}.{os.urandom(4).hex()}")
        if name is not None:
            staged.unlink(missing_ok=True)
        # Another process may clean up empty directories at this moment.
        with suppress(FileNotFoundError):
            # Made with all permissions that the umask allows, which tempfile would not.
            staged.open("xb").close()
            return staged


def exists(path: Path) -> bool:
    """Whether there is anything at a path that somebody wrote down.

    Unlike :meth:`pathlib.Path.exists` it raises nothing where one may not look, or where no path can be as long.
    """
    return os.path.exists(path)  # noqa: PTH110


def is_directory(path: Path) -> bool:
    """Whether there is a directory at a path that somebody wrote down; raises nothing."""
    return os.path.isdir(path)  # noqa: PTH112


def is_file(path: Path) -> bool:
    """Whether there is a file at a path that somebody wrote down; raises nothing."""
    return os.path.isfile(path)  # noqa: PTH113


def ignores_case(folder: Path) -> bool:
    """Whether `A` and `a` are one file there, as on most disks of macOS; the folder's name needs a letter."""
    return exists(folder.with_name(folder.name.swapcase()))


def without_case(path: str) -> str:
    """The same text for all paths that are one file on a disk that :func:`ignores_case`."""
    import unicodedata  # needed on such disks alone

    return unicodedata.normalize("NFC", path).casefold()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, hexadecimal."""
    return hash_of(path, "sha256").hex()


def hash_of(path: Path, algorithm: str) -> bytes:
    """The hash of a file's content; ``algorithm`` is a name of :mod:`hashlib`'s."""
    # As a checksum: MD5 is among what conda's records have, and not everywhere allowed for security.
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.digest()
