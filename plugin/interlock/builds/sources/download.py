"""Sdists from indexes, downloaded once and kept by their hash."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from interlock.core.files import sha256_of
from interlock.core.paths import cache_dir
from interlock.core.urls import local_path
from interlock_hooks.types import Artifact, Finding, InterlockError

if TYPE_CHECKING:
    from requests import Session

_CHUNK = 1 << 18
_CONNECT_SECONDS = 20
_READ_SECONDS = 60
_RETRIES = 4


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


def http_session() -> Session:
    """A session that tries again when a server or the network fails for a moment."""
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    session = requests.Session()
    retry = Retry(total=_RETRIES, backoff_factor=0.3, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=None)
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def _download(artifact: Artifact, path: Path) -> Path:
    import requests

    digest = hashlib.sha256()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    partial = Path(name)
    try:
        with (
            os.fdopen(handle, "wb") as file,
            http_session() as session,
            session.get(artifact.url, stream=True, timeout=(_CONNECT_SECONDS, _READ_SECONDS)) as response,
        ):
            response.raise_for_status()
            # The bytes as served: a .tar.gz that a server marks as gzip-encoded must not be unpacked on the way.
            for chunk in response.raw.stream(_CHUNK, decode_content=False):
                digest.update(chunk)
                file.write(chunk)
        _verify(artifact, digest.hexdigest())
        partial.replace(path)
    except (requests.RequestException, OSError) as error:
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
