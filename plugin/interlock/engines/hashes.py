"""Checking artifacts against their recorded hashes, after an install has failed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from interlock.core.files import sha256_of
from interlock.core.urls import local_path
from interlock.engines.http import RequestFailedError, chunks

if TYPE_CHECKING:
    from interlock_hooks.types import PyPIPackage


def changed_artifacts(packages: Iterable[PyPIPackage]) -> list[PyPIPackage]:
    """Those whose file is not what the lock recorded; a file that cannot be read proves nothing and is left out."""
    return [package for package in packages if _is_changed(package)]


def _is_changed(package: PyPIPackage) -> bool:
    artifact = package.artifact
    if artifact.sha256 is None:
        return False
    try:
        return _digest(artifact.url) != artifact.sha256
    except (OSError, RequestFailedError):
        return False


def _digest(url: str) -> str:
    if not url.startswith("http"):
        return sha256_of(local_path(url))
    digest = hashlib.sha256()
    for chunk in chunks(url):
        digest.update(chunk)
    return digest.hexdigest()
