"""A view of a source tree for those who judge it without running it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.builds.sources.source_tree import not_source
from interlock_hooks.types import SourceTree

if TYPE_CHECKING:
    from interlock_hooks.types import PyPIPackage

# Scripts are small; what is larger was generated.
_MOST_BYTES = 1 << 20
_AT_TOP = re.compile(r"[^/]+\.py|pyproject\.toml|setup\.cfg|meson\.build|CMakeLists\.txt")
# Helpers that a setup.py imports or a top-level CMakeLists.txt includes (deepspeed's op_builder/builder.py).
_BELOW = re.compile(r"[^/]+/(?:CMakeLists\.txt|[^/]*(?:build|setup)[^/]*\.py)")


def survey(package: PyPIPackage, tree: Path) -> SourceTree:
    """What the source of ``package`` in ``tree`` consists of; environments, caches and history left out."""
    files = sorted(_files(tree))
    scripts = {path: text for path in files if _is_script(path) and (text := _text(tree / path)) is not None}
    return SourceTree(name=package.name, version=package.version, files=tuple(files), scripts=scripts)


def _files(tree: Path) -> list[str]:
    found = []
    for folder, names, files in os.walk(tree):
        names[:] = set(names) - not_source(folder, names)
        below = Path(folder).relative_to(tree)
        found += [(below / name).as_posix() for name in files]
    return found


def _is_script(path: str) -> bool:
    return bool(_AT_TOP.fullmatch(path) or _BELOW.fullmatch(path))


def _text(path: Path) -> str | None:
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
