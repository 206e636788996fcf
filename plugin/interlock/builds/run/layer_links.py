"""Showing in a virtual environment what another one holds."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def link_environment(source: Path, target: Path) -> None:
    """Show in ``target`` all that ``source`` holds, beside what ``target`` has itself; both are virtual environments.

    Directories that only ``source`` has are linked as a whole: what is in them finds its neighbours there. Programs are
    copied: the interpreter looks for its environment from where a program really is.
    """
    _merge(source, target)


def _merge(source: Path, target: Path, *, copied: bool = False) -> None:
    with os.scandir(source) as entries:
        for entry in entries:
            place = target / entry.name
            if entry.is_dir(follow_symlinks=False) and place.is_dir() and not place.is_symlink():
                _merge(Path(entry.path), place, copied=copied or place.name == "bin")
            elif os.path.lexists(place):
                continue
            elif not copied:
                place.symlink_to(entry.path)
            elif entry.is_dir():
                place.mkdir()
                _merge(Path(entry.path), place, copied=True)
            else:
                shutil.copy(entry.path, place)
