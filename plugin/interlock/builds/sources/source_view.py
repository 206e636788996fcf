"""A view of a source tree for plugins and rules that judge it without running it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from interlock.core.sources import source_files
from interlock_hooks.types import SourceTree

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import PyPIPackage

# Scripts are small; what is larger was generated.
_MOST_BYTES = 1 << 20
_AT_TOP = re.compile(r"[^/]+\.py|pyproject\.toml|setup\.cfg|meson\.build|CMakeLists\.txt")
# Helpers that a setup.py imports or a top-level CMakeLists.txt includes (deepspeed's op_builder/builder.py).
_BELOW = re.compile(r"[^/]+/(?:CMakeLists\.txt|[^/]*(?:build|setup)[^/]*\.py)")


def view_source(package: PyPIPackage, tree: Path) -> SourceTree:
    """What the source of ``package`` in ``tree`` consists of: the files that count."""
    files = sorted(file.name for file in source_files(str(tree)))
    scripts = {path: text for path in files if _is_script(path) and (text := _text(tree / path)) is not None}
    return SourceTree(name=package.name, version=package.version, files=tuple(files), scripts=scripts)


def _is_script(path: str) -> bool:
    return bool(_AT_TOP.fullmatch(path) or _BELOW.fullmatch(path))


def _text(path: Path) -> str | None:
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
