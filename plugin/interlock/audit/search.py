"""Where the dynamic linker looks for libraries (ld.so(8))."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from interlock.core.files import text_in

_CONFIGURATION = Path("/etc/ld.so.conf")
_DEFAULTS = ("/lib64", "/usr/lib64", "/lib", "/usr/lib")
# An editable project puts its whole source tree on sys.path, with what lies about in such trees.
_NOT_SEARCHED = frozenset({"__pycache__", "include", "share", "node_modules"})
_OTHER_PREFIX = frozenset({"pyvenv.cfg", "conda-meta"})


def system_directories(multiarch: str) -> tuple[Path, ...]:
    """The directories that hold for all programs of this machine; ``multiarch`` is Debian's name of the platform."""
    debian = [f"/lib/{multiarch}", f"/usr/lib/{multiarch}"] if multiarch else []
    found = [*_configured(_CONFIGURATION, depth=0), *map(Path, (*debian, *_DEFAULTS))]
    return tuple(dict.fromkeys(found))


def expanded(entry: str, origin: Path) -> Path | None:
    """The directory that an RPATH entry means for a file in ``origin``; ``None`` for what depends on the caller."""
    text = entry.replace("${ORIGIN}", "$ORIGIN").replace("$ORIGIN", os.fspath(origin))
    return Path(os.path.normpath(text)) if text.startswith("/") and "$" not in text else None


def libraries_below(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Every library in a directory of packages by its file name."""
    found: dict[str, list[Path]] = {}
    for path in _walk(os.fspath(folder)):
        found.setdefault(path.name, []).append(path)
    return {name: tuple(sorted(paths)) for name, paths in found.items()}


def _walk(folder: str) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        if _OTHER_PREFIX.intersection((*folders, *files)):
            folders.clear()
            continue
        folders[:] = [name for name in folders if not _is_passed_over(name)]
        yield from (Path(parent, name) for name in files if name.endswith(".so") or ".so." in name)


def _is_passed_over(folder: str) -> bool:
    return folder in _NOT_SEARCHED or folder.startswith(".") or folder.endswith(".dist-info")


def _configured(path: Path, depth: int) -> Iterator[Path]:
    for line in text_in(path).splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("include ") and depth == 0:
            pattern = text.removeprefix("include ").strip()
            for included in sorted(Path("/").glob(str(path.parent / pattern).lstrip("/"))):
                yield from _configured(included, depth + 1)
        elif text.startswith("/"):
            yield Path(text)
