"""The copy of a source that a recipe is built from: exactly the files that are in its digest."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.files import is_directory
from interlock.core.recipes import files_of, folder_of, source_trees

if TYPE_CHECKING:
    from interlock_hooks.types import CondaSource


def copy_source(source: CondaSource, target: Path) -> Path:
    """Copy a source below ``target`` and return the place of its recipe there.

    What the recipe names beside its directory keeps its place relative to it. Raises :class:`OSError`.
    """
    top = top_of(source)
    for path, link in files_of(source):
        place = target / path.relative_to(top)
        if place.is_symlink() or place.exists():
            continue  # in two of its trees
        place.parent.mkdir(parents=True, exist_ok=True)
        if link is not None:
            place.symlink_to(link)
        else:
            shutil.copy2(path, place)
    return target / folder_of(source).relative_to(top) / source.recipe


def top_of(source: CondaSource) -> Path:
    """The directory that all files of a source are below."""
    folders = (tree if is_directory(tree) else tree.parent for tree in source_trees(source))
    return Path(os.path.commonpath(list(folders)))
