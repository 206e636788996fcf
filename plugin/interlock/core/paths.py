"""Where Interlock keeps what can be recreated: in the user's cache."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_dir() -> Path:
    """The directory for everything that can be recreated: ``$INTERLOCK_CACHE_DIR``, else the user's cache."""
    chosen = os.environ.get("INTERLOCK_CACHE_DIR")
    return Path(chosen).expanduser().absolute() if chosen else user_cache("interlock")


def user_cache(program: str) -> Path:
    """Where a program keeps its cache for this user."""
    if sys.platform == "linux":
        # As the library has it, which knows other systems as well: importing it takes a tenth of an `env run`.
        caches = Path(os.environ.get("XDG_CACHE_HOME", ""))
        return (caches if caches.is_absolute() else Path(os.path.expanduser("~/.cache"))) / program  # noqa: PTH111
    from platformdirs import user_cache_path

    return user_cache_path(program, appauthor=False)
