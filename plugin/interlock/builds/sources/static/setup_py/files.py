"""The files of a source tree as its setup.py sees them: the working directory is the top of the tree."""

from __future__ import annotations

import io
import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Stands for the directory that the tree will be in. What contains it in the end is not provable.
ROOT = "/<source tree>"
_MOST_BYTES = 1 << 20


class SourceFiles:
    """Reads files below ``tree``, as long as the code has not written them."""

    def __init__(self, tree: Path) -> None:
        self._tree = tree.resolve()
        self._written: set[str] = set()
        self._anything_written = False

    def locate(self, path: str) -> Path | None:
        """The file or directory of the tree that a path of the code names; ``None`` for those outside of it.

        What lies in hidden folders need not come along with every copy of the tree.
        """
        whole = posixpath.normpath(posixpath.join(ROOT, path.replace("\\", "/")))
        relative = posixpath.relpath(whole, ROOT)
        if not whole.startswith(ROOT) or relative.startswith("..") or "\0" in whole:
            return None
        if self._anything_written or relative in self._written or relative.startswith("."):
            return self._tree if relative == "." else None
        found = self._tree / relative
        return found if found.resolve().is_relative_to(self._tree) else None

    def read_bytes(self, path: str) -> bytes | None:
        """The content of a file of the tree; ``None`` if it cannot be read."""
        found = self.locate(path)
        try:
            if found is None or not found.is_file() or found.stat().st_size > _MOST_BYTES:
                return None
            return found.read_bytes()
        except OSError:
            return None

    def read(self, path: str, encoding: str = "utf-8") -> str | None:
        """The text of a file of the tree; ``None`` if it cannot be read, or not in this encoding."""
        content = self.read_bytes(path)
        try:
            return None if content is None else io.TextIOWrapper(io.BytesIO(content), encoding=encoding).read()
        except (ValueError, LookupError):
            return None

    def written(self, path: str | None) -> None:
        """The code writes a file; ``None`` if it is not known which."""
        if path is None:
            self._anything_written = True
        else:
            self._written.add(posixpath.relpath(posixpath.normpath(posixpath.join(ROOT, path)), ROOT))
