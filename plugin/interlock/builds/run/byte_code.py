"""Byte code in builds: each build writes into a folder of its own, and finds that of the standard library there.

``PYTHONPYCACHEPREFIX`` is where Python reads byte code as well as where it writes it. In an empty folder every build
would compile the standard library once more, which takes longer than what many a build does.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Packages of the standard library that no build imports, and what is not of the library.
_LEFT_OUT = frozenset({"site-packages", "dist-packages", "test", "idlelib", "lib2to3", "tkinter", "turtledemo"})
_DEPTH = 3  # how far down its packages go


def byte_code_folder(work: Path) -> Path:
    """The value of ``PYTHONPYCACHEPREFIX`` for the build that works in ``work``."""
    return work / "pycache"


def show_byte_code(library: Path, folder: Path) -> None:
    """Link the byte code that lies beside the modules of ``library`` to where Python looks for it below ``folder``.

    These are symbolic links because a build may write into ``folder``, but not into what it is linked to. Byte code
    that is not of its source's time and size Python makes again: it then replaces the link and leaves the file alone.
    """
    for cache in _caches(library, _DEPTH):
        shown = folder / cache.parent.relative_to(cache.anchor)
        shown.mkdir(parents=True, exist_ok=True)
        for file in cache.iterdir():
            (shown / file.name).symlink_to(file)


def _caches(folder: Path, depth: int) -> Iterator[Path]:
    """The ``__pycache__`` of a folder and of those in it."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name == "__pycache__":
                yield Path(entry.path)
            elif depth and entry.name not in _LEFT_OUT and "." not in entry.name and entry.is_dir():
                yield from _caches(Path(entry.path), depth - 1)
