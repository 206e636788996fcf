"""The files in an artifact, read without installing it and, for wheels on an index, without downloading it."""

from __future__ import annotations

import tarfile
import zipfile
from typing import TYPE_CHECKING

from interlock.builds.sources.download import fetch_file
from interlock.core.archives import open_tar, open_zip
from interlock.core.files import write_atomic
from interlock.core.paths import cache_dir
from interlock.core.urls import local_path
from interlock_hooks.types import Artifact, InterlockError

if TYPE_CHECKING:
    from pathlib import Path


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
        with open_zip(file) as archive:
            return tuple(_below_top(name) for name in archive.namelist())
    with open_tar(file) as tar:
        return tuple(_below_top(name) for name in tar.getnames())


def _below_top(name: str) -> str:
    return name.partition("/")[2].removeprefix("src/")


def _wheel(artifact: Artifact, root: Path) -> tuple[str, ...]:
    if not artifact.url.startswith("http"):
        with open_zip(fetch_file(artifact, root=root)) as archive:
            return tuple(archive.namelist())
    # Imported here: it brings an HTTP client, which most builds do without.
    from interlock.engines.http_file import open_remote

    with open_remote(artifact.url) as remote:
        if remote is not None:
            with open_zip(remote) as archive:
                return tuple(archive.namelist())
    # A server that cannot send a part of a file.
    with open_zip(fetch_file(artifact, root=root)) as archive:
        return tuple(archive.namelist())
