"""Sdists from indexes, downloaded once and kept by their hash."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import unquote

from interlock.builds.sources.findings import not_downloaded
from interlock.core.activity import Download
from interlock.core.codes import WRONG_HASH
from interlock.core.files import sha256_of, staging
from interlock.core.findings import not_cached, served_another
from interlock.core.offline import is_offline
from interlock.core.paths import cache_dir
from interlock.core.urls import local_path, redacted, split_url
from interlock_hooks.types import Artifact, InterlockError, Missing


def fetch_file(artifact: Artifact, *, root: Path) -> Path:
    """The file of an sdist artifact on this machine, downloaded into the cache if it is remote.

    Raises :class:`InterlockError`: IL401 when it cannot be fetched, IL501 when its hash is not the recorded one, IL650
    when it would have to be fetched while the network is switched off.
    """
    if not split_url(artifact.url).scheme.startswith("http"):
        path = local_path(artifact.url, root)
        if not path.is_file():
            raise InterlockError(not_downloaded(artifact, f"{path} is not a file"))
        verify(artifact, sha256_of(path))
        return path
    path = kept_at(artifact)
    # Only a download whose hash was right gets this name; without a recorded hash it is fetched anew each time.
    if (artifact.sha256 or is_offline()) and path.is_file():
        return path
    if is_offline():
        raise InterlockError(not_cached([Missing(kind="file", name=path.name, url=redacted(artifact.url))]))
    try:
        return _download(artifact, path)
    except InterlockError as error:
        if error.findings[0].code != WRONG_HASH:
            raise
        # A proxy or mirror may have damaged it this once.
        return _download(artifact, path)


def kept_at(artifact: Artifact) -> Path:
    """Where the file of a remote artifact is kept in the cache: by its hash, or by its address if it has none."""
    folder = cache_dir() / "sdists" / (artifact.sha256 or hashlib.sha256(artifact.url.encode()).hexdigest())
    return folder / _file_name(artifact)


def _download(artifact: Artifact, path: Path) -> Path:
    # Imported here: it brings an HTTP client, which most builds do without.
    from interlock.engines.http import RequestFailedError, chunks

    digest, told, size = hashlib.sha256(), Download(path.name), 0
    try:
        with staging(path) as staged:
            with staged.open("wb") as file:
                for chunk in chunks(artifact.url):
                    digest.update(chunk)
                    file.write(chunk)
                    size += len(chunk)
                    told.at(size)
            verify(artifact, digest.hexdigest())
    except (RequestFailedError, OSError) as error:
        raise InterlockError(not_downloaded(artifact, str(error))) from error
    return path


def _file_name(artifact: Artifact) -> str:
    return Path(artifact.filename or unquote(split_url(artifact.url).path)).name or "sdist"


def verify(artifact: Artifact, actual: str) -> None:
    """Raise :class:`InterlockError` (IL501) if the file of an artifact has another SHA-256 than is recorded."""
    if artifact.sha256 is None or artifact.sha256 == actual:
        return
    name = _file_name(artifact)
    raise InterlockError(served_another(name, artifact.url, expected=artifact.sha256, found=actual))
