"""Checking artifacts against their recorded hashes, after an install has failed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.core.files import sha256_of
from interlock.core.findings import served_another
from interlock.core.urls import local_path
from interlock.engines.http import HASTY, RequestFailedError, chunks

if TYPE_CHECKING:
    from interlock_hooks.types import Finding


@dataclass(frozen=True, slots=True)
class Recorded:
    """A file in the lock: its name, its address and its SHA-256, if that is known."""

    name: str
    url: str
    sha256: str | None


def changed_files(files: Iterable[Recorded]) -> list[Finding]:
    """IL501 for each file that is not what the lock recorded; one that cannot be read proves nothing and is left out.

    The files are read from where they are, so this is for few of them.
    """
    return [finding for file in files if (finding := _changed(file)) is not None]


def _changed(file: Recorded) -> Finding | None:
    if file.sha256 is None:
        return None
    try:
        found = _digest(file.url)
    except (OSError, RequestFailedError):
        return None
    return None if found == file.sha256 else served_another(file.name, file.url, expected=file.sha256, found=found)


def _digest(url: str) -> str:
    if not url.startswith("http"):
        return sha256_of(local_path(url))
    digest = hashlib.sha256()
    for chunk in chunks(url, HASTY):
        digest.update(chunk)
    return digest.hexdigest()
