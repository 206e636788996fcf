"""Reading and writing files so that a crash or a second process never leaves a half-written one."""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 20


def write_atomic(path: Path, data: str | bytes) -> None:
    """Replace ``path`` by a file with ``data`` (text is UTF-8); other processes see the old content or the new.

    Parent directories are made, symbolic links are followed, permissions of an old file are kept. Raises
    :class:`OSError` and leaves the old file when anything fails.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        # Made with all permissions that the umask allows, which tempfile would not.
        with staged.open("xb") as file:
            with suppress(FileNotFoundError):
                staged.chmod(path.stat().st_mode & 0o777)
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(path)
    except BaseException:
        with suppress(OSError):
            staged.unlink()
        raise


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
