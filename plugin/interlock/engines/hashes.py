"""Checking artifacts against the hashes that were recorded for them, after something else went wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import requests

from interlock.core.urls import local_path

if TYPE_CHECKING:
    from interlock_hooks.types import PyPIPackage

_CHUNK = 1 << 20
_SECONDS = 30


def changed_artifacts(packages: Iterable[PyPIPackage]) -> list[PyPIPackage]:
    """Those whose file is not what the lock recorded; a file that cannot be read proves nothing and is left out."""
    return [package for package in packages if _is_changed(package)]


def _is_changed(package: PyPIPackage) -> bool:
    artifact = package.artifact
    if artifact.sha256 is None:
        return False
    digest = hashlib.sha256()
    try:
        for chunk in _chunks(artifact.url):
            digest.update(chunk)
    except (OSError, requests.RequestException):
        return False
    return digest.hexdigest() != artifact.sha256


def _chunks(url: str) -> Iterator[bytes]:
    if not url.startswith("http"):
        yield local_path(url).read_bytes()
        return
    with requests.get(url, stream=True, timeout=_SECONDS) as response:
        response.raise_for_status()
        yield from response.iter_content(_CHUNK)
