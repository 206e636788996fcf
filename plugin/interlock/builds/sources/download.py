"""Sdists from indexes, downloaded once and kept by their hash."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from interlock.core.files import sha256_of
from interlock.core.paths import cache_dir
from interlock.core.urls import local_path
from interlock_hooks.types import Artifact, Finding, InterlockError


def fetch_file(artifact: Artifact, *, root: Path) -> Path:
    """The file of an sdist artifact on this machine, downloaded into the cache if it is remote.

    Raises :class:`InterlockError`: IL401 when it cannot be fetched, IL501 when its hash is not the recorded one.
    """
    if not urlsplit(artifact.url).scheme.startswith("http"):
        path = local_path(artifact.url, root)
        if not path.is_file():
            raise InterlockError(_unreachable(artifact, f"{path} is not a file"))
        _verify(artifact, sha256_of(path))
        return path
    folder = cache_dir() / "sdists" / (artifact.sha256 or hashlib.sha256(artifact.url.encode()).hexdigest())
    path = folder / _file_name(artifact)
    # Only a download whose hash was right gets this name; without a recorded hash it is fetched anew each time.
    if artifact.sha256 and path.is_file():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    return _download(artifact, path)


def _download(artifact: Artifact, path: Path) -> Path:
    # Imported here: it brings an HTTP client, which most builds do without.
    from interlock.engines.http import RequestFailedError, chunks

    digest = hashlib.sha256()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks(artifact.url):
                digest.update(chunk)
                file.write(chunk)
        _verify(artifact, digest.hexdigest())
        partial.replace(path)
    except (RequestFailedError, OSError) as error:
        raise InterlockError(_unreachable(artifact, str(error))) from error
    finally:
        partial.unlink(missing_ok=True)
    return path


def _file_name(artifact: Artifact) -> str:
    return Path(artifact.filename or unquote(urlsplit(artifact.url).path)).name or "sdist"


def _verify(artifact: Artifact, actual: str) -> None:
    if artifact.sha256 is None or artifact.sha256 == actual:
        return
    raise InterlockError(
        Finding(
            code="IL501",
            what=f"{_file_name(artifact)} does not have the hash that the lock records",
            why="the file was changed at its source, or was damaged on its way",
            fix="if the change is expected, lock again with `interlock env lock`; else do not trust the source",
            details=(f"expected sha256 {artifact.sha256}", f"got      sha256 {actual}", artifact.url),
        )
    )


def _unreachable(artifact: Artifact, why: str) -> Finding:
    return Finding(
        code="IL401",
        what=f"the source {artifact.url} could not be fetched",
        why=why,
        fix="check the network, the proxy variables, and that the address still exists",
    )
