"""Archives that come out the same, byte for byte, whenever and wherever they are made."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tarfile
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

Content = str | bytes
_EPOCH = (2020, 1, 1, 0, 0, 0)
_EXECUTABLE, _PLAIN = 0o755, 0o644


def as_bytes(content: Content) -> bytes:
    """Text as UTF-8, bytes as they are."""
    return content.encode() if isinstance(content, str) else content


def mode_of(path: str, content: bytes) -> int:
    """Programs are what lies in ``bin`` or starts with ``#!``."""
    program = path.startswith("bin/") or content.startswith(b"#!")
    return _EXECUTABLE if program else _PLAIN


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file (hexadecimal)."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def place(file: Path, target: Path) -> None:
    """Have ``file`` at ``target`` as well, unless something is there; they need not be on one file system."""
    try:
        os.link(file, target)
    except FileExistsError:
        pass
    except OSError:
        shutil.copyfile(file, target)


def write_zip(path: Path, files: Mapping[str, Content]) -> Path:
    """A zip archive of ``files``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            data = as_bytes(content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = (0o100000 | mode_of(name, data)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return path


def write_tar(path: Path, files: Mapping[str, Content], links: Mapping[str, str] | None = None) -> Path:
    """A gzipped tar archive of ``files``; ``links`` maps further members to the targets of symbolic links.

    Names are taken as they are, so that archives which reach outside can be made too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in files.items():
            data = as_bytes(content)
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = len(data), mode_of(name, data), 1577836800
            archive.addfile(member, io.BytesIO(data))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    path.write_bytes(gzip.compress(buffer.getvalue(), mtime=0))
    return path


def write_tree(folder: Path, files: Mapping[str, Content]) -> Path:
    """A directory that holds ``files``."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = as_bytes(content)
        path.write_bytes(data)
        path.chmod(mode_of(name, data))
    return folder


def record_line(name: str, content: Content) -> str:
    """The line of a wheel's RECORD for one file."""
    data = as_bytes(content)
    digest = urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}"
