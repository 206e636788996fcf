"""Where rattler keeps what it fetches and unpacks; known without importing it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from interlock.core.paths import cache_dir, user_cache


def conda_cache_dir() -> Path | None:
    """The directory of rattler's package and repodata caches; ``None`` for the one shared with pixi and others.

    The user's ``RATTLER_CACHE_DIR`` wins. When ``INTERLOCK_CACHE_DIR`` is set, everything is to lie there.
    """
    if os.environ.get("RATTLER_CACHE_DIR") or not os.environ.get("INTERLOCK_CACHE_DIR"):
        return None
    return cache_dir() / "conda"


def shared_cache_dir() -> Path:
    """Where rattler's caches are, whoever chose the place."""
    chosen = os.environ.get("RATTLER_CACHE_DIR") or user_cache("rattler") / "cache"
    return conda_cache_dir() or Path(chosen).absolute()


def subdir_marker(what: str, channel: str, subdir: str) -> Path:
    """The file of Interlock's own cache in which ``what`` is remembered of a subdir of a channel."""
    return cache_dir() / what / hashlib.sha256(subdir_url(channel, subdir).encode()).hexdigest()[:32]


def subdir_url(channel: str, subdir: str) -> str:
    """The address that the files of a subdir begin with."""
    return f"{channel.rstrip('/')}/{subdir}/"


def package_cache_dir() -> Path | None:
    """The directory of unpacked packages, or ``None`` for rattler's own choice."""
    folder = conda_cache_dir()
    return None if folder is None else folder / "pkgs"
