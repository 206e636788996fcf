"""Where Interlock keeps what can be recreated: in the user's cache."""

from __future__ import annotations

import os
from pathlib import Path


def cache_dir() -> Path:
    """The directory for everything that can be recreated: ``$INTERLOCK_CACHE_DIR``, else the user's cache."""
    chosen = os.environ.get("INTERLOCK_CACHE_DIR")
    if chosen:
        return Path(chosen).expanduser().absolute()
    # Imported here because it is not needed when the variable is set, nor by the no-op fast path.
    from platformdirs import user_cache_path

    return user_cache_path("interlock", appauthor=False)
