"""Byte code in builds: each build writes into a folder of its own, and finds that of the standard library there.

``PYTHONPYCACHEPREFIX`` is where Python reads byte code as well as where it writes it. In an empty folder every build
would compile the standard library once more, which takes longer than what many a build does. So a copy of what lies
beside its modules is a layer, for all interpreters whose byte code is the same, wherever they are.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from interlock.builds.run.layer_files import Layer
from interlock.builds.run.layers import layers_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

# Packages of the standard library that no build imports, and what is not of the library.
_LEFT_OUT = frozenset({"site-packages", "dist-packages", "test", "idlelib", "lib2to3", "tkinter", "turtledemo"})
_DEPTH = 3  # how far down its packages go
# Byte code for other options of Python, and of the module into which a prefix is written: each interpreter has its own.
_OTHER = re.compile(r"\.opt-|^_sysconfigdata")


def byte_code_folder(work: Path) -> Path:
    """The value of ``PYTHONPYCACHEPREFIX`` for the build that works in ``work``."""
    return work / "pycache"


def show_byte_code(library: Path, folder: Path, *, alone: bool) -> None:
    """Link the byte code that lies beside the modules of ``library`` to where Python looks for it below ``folder``.

    These are symbolic links because a build may write into ``folder``, but not into what it is linked to. Byte code
    that is not of its source's time and size Python makes again. ``alone`` says that a build imports nothing else from
    below ``library``, so that one link does; otherwise it finds a directory, where it may write.
    """
    files = list(_byte_code(library, _DEPTH))
    if not files:
        return
    shown = folder / library.relative_to(library.anchor)
    shown.parent.mkdir(parents=True, exist_ok=True)
    layer = Layer(layers_dir() / _key(library, files))
    layer.path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(layer.lock):
        if layer.changed_files():
            layer.remove()
            _copy(files, library, layer.path)
            layer.complete()
        layer.index.touch()
    if alone:
        shown.symlink_to(layer.path)
        return
    shown.mkdir()
    for entry in layer.path.iterdir():
        (shown / entry.name).symlink_to(entry)


def _byte_code(folder: Path, depth: int) -> Iterator[os.DirEntry[str]]:
    """The byte code of the modules in a folder and in those in it."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name == "__pycache__":
                with os.scandir(entry.path) as files:
                    yield from (file for file in files if not _OTHER.search(file.name))
            elif depth and entry.name not in _LEFT_OUT and "." not in entry.name and entry.is_dir():
                yield from _byte_code(Path(entry.path), depth - 1)


def _key(library: Path, files: list[os.DirEntry[str]]) -> str:
    """The name of the layer: where a package manager puts the same file, its size and time are the same."""
    stats = ((os.path.relpath(file.path, library), file.stat()) for file in files)
    lines = sorted(f"{path} {stat.st_size} {stat.st_mtime_ns}" for path, stat in stats)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def _copy(files: list[os.DirEntry[str]], library: Path, target: Path) -> None:
    for file in files:
        place = target / Path(file.path).parent.parent.relative_to(library) / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.path, place)
