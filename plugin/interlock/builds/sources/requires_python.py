"""The interpreters that artifacts are for, as they say themselves: ``Requires-Python``, read without running anything.

Of a wheel on an index only the metadata is fetched (PEP 658), or the part of the file that holds it. What is read of a
file or commit is remembered, since it never changes.
"""

from __future__ import annotations

import os
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING

from interlock.builds.sources.download import fetch_file
from interlock.builds.sources.source_tree import fetch_tree
from interlock.core.archives import open_tar, open_zip
from interlock.core.files import write_atomic
from interlock.core.offline import is_offline
from interlock.core.paths import cache_dir
from interlock.core.scratch import temporary_directory
from interlock.core.toml import read_tables
from interlock.core.urls import is_remote, local_path
from interlock.engines.python.wheels import parse_metadata, wheel_metadata
from interlock.engines.threads import in_threads
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.metadata import RawMetadata

    from interlock_hooks.types import Artifact

_AT_A_TIME = 8
Fetch = Callable[[str], "RawMetadata"]
_UNREADABLE = (OSError, ValueError, KeyError, zipfile.BadZipFile, tarfile.TarError, InterlockError)


def required_pythons(artifacts: Sequence[Artifact], *, root: Path) -> list[str | None]:
    """The ``Requires-Python`` of each artifact; ``None`` where there is none, or it cannot be read.

    ``root`` is what relative paths start from.
    """
    folder = cache_dir() / "requires-python"
    known = {artifact: _recall(artifact, folder) for artifact in artifacts}
    unknown = [artifact for artifact, said in known.items() if said is None]
    if unknown:
        with _fetching(unknown) as fetch:
            look = partial(_look, folder=folder, root=root, fetch=fetch)
            known |= zip(unknown, in_threads(look, unknown, workers=_AT_A_TIME), strict=True)
    return [known[artifact] or None for artifact in artifacts]


def _fetching(artifacts: Sequence[Artifact]) -> AbstractContextManager[Fetch]:
    if not any(artifact.kind == "wheel" and is_remote(artifact.url) for artifact in artifacts):
        return nullcontext(lambda _: {})
    # Imported here: it brings an HTTP client, and most artifacts are known.
    from interlock.engines.python.remote_wheels import reading_metadata

    return reading_metadata()


def _look(artifact: Artifact, folder: Path, root: Path, fetch: Fetch) -> str:
    try:
        said = _read(artifact, root, fetch)
    except _UNREADABLE:
        # The resolver has read it; what it says of the interpreter is not known, and excludes none.
        return ""
    if (name := _name(artifact)) is not None:
        with suppress(OSError):
            write_atomic(folder / name, said)
    return said


def _recall(artifact: Artifact, folder: Path) -> str | None:
    name = _name(artifact)
    try:
        return (folder / name).read_text(encoding="utf-8") if name else None
    except (OSError, ValueError):
        return None


def _name(artifact: Artifact) -> str | None:
    """The name of the file in which it is remembered what an artifact says; ``None`` for what may change."""
    key = artifact.sha256 or artifact.commit
    subdirectory = (artifact.subdirectory or "").strip("/").replace("/", "-")
    return f"{key}{subdirectory and f'-{subdirectory}'}.txt" if key else None


def _read(artifact: Artifact, root: Path, fetch: Fetch) -> str:
    if (is_offline() or os.environ.get("UV_OFFLINE")) and is_remote(artifact.url.removeprefix("git+")):
        raise OSError("there is no network")
    if artifact.kind == "wheel":
        return _field(_wheel_metadata(artifact, root, fetch))
    if artifact.kind == "sdist":
        return _field(parse_metadata(_package_info(artifact, root)))
    with temporary_directory() as folder:
        # Nothing is written to a directory of the user's, so that none has to be copied.
        tree = fetch_tree(artifact, folder, root=root) if artifact.kind == "git" else _directory(artifact, root)
        said = read_tables(tree / "pyproject.toml").get("project", {}).get("requires-python")
    return said if isinstance(said, str) else ""


def _field(metadata: RawMetadata) -> str:
    return metadata.get("requires_python", "")


def _directory(artifact: Artifact, root: Path) -> Path:
    return local_path(artifact.url, root) / (artifact.subdirectory or "")


def _wheel_metadata(artifact: Artifact, root: Path, fetch: Fetch) -> RawMetadata:
    return fetch(artifact.url) if is_remote(artifact.url) else wheel_metadata(local_path(artifact.url, root))


def _package_info(artifact: Artifact, root: Path) -> bytes:
    """The ``PKG-INFO`` at the top of an sdist."""
    file = fetch_file(artifact, root=root)
    if zipfile.is_zipfile(file):
        with open_zip(file) as archive:
            names = [name for name in archive.namelist() if _is_package_info(name)]
            return archive.read(names[0]) if names else b""
    with open_tar(file) as tar:
        member = next((member for member in tar if _is_package_info(member.name)), None)
        content = tar.extractfile(member) if member else None
        return content.read() if content else b""


def _is_package_info(name: str) -> bool:
    return name.removeprefix("./").count("/") == 1 and name.endswith("/PKG-INFO")
