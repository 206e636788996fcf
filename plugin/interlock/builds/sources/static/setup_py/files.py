"""The files of a source tree as its setup.py sees them: the working directory is the top of the tree."""

from __future__ import annotations

import io
import posixpath
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

# Stands for the directory that the tree will be in. What contains it in the end is not provable.
ROOT = "/<source tree>"
_MOST_BYTES = 1 << 20


class SourceFiles:
    """Reads files below ``tree``, as long as the code has not written them.

    Of the paths in ``unsure`` it is not known whether anything is there.
    """

    def __init__(self, tree: Path, unsure: frozenset[str] = frozenset()) -> None:
        self._tree = tree.resolve()
        self._written = set(unsure)
        self._missing: set[str] = set()
        self._anything_written = False

    def locate(self, path: str) -> Path | None:
        """The file or directory of the tree that a path of the code names; ``None`` for those outside of it.

        What lies in hidden folders need not come along with every copy of the tree.
        """
        relative = _relative(path)
        if relative.startswith("..") or "\0" in relative:
            return None
        if self._anything_written or self._is_written(relative) or relative.startswith("."):
            return self._tree if relative == "." else None
        found = self._tree / relative
        return found if found.resolve().is_relative_to(self._tree) else None

    def lacks(self, path: str) -> bool:
        """Whether the tree certainly has no such file, in no run: setuptools itself makes what is named like these."""
        found, relative = self.locate(path), _relative(path)
        if found is None or found.exists() or ".egg-info" in relative or relative.split("/")[0] in ("build", "dist"):
            return False
        self._missing.add(relative)
        return True

    def check(self, path: str, what: Literal["exists", "is_file", "is_dir"]) -> bool | None:
        """Whether there is something at a path; ``None`` if that is not known."""
        found = self.locate(path)
        if found is not None and found.exists():
            return bool(getattr(found, what)())
        return False if self.lacks(path) else None

    def made(self) -> set[str]:
        """What was missing and is made by the code: the next run of it would find that."""
        return {path for path in self._missing if self._is_written(path)}

    def _is_written(self, relative: str) -> bool:
        parts = relative.split("/")
        return any("/".join(parts[:count]) in self._written for count in range(1, len(parts) + 1))

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
        """The code writes or removes a file or folder; ``None`` if it is not known which."""
        if path is None:
            self._anything_written = True
        else:
            self._written.add(_relative(path))


def _relative(path: str) -> str:
    """A path relative to the top of the tree."""
    return posixpath.relpath(posixpath.normpath(posixpath.join(ROOT, path.replace("\\", "/"))), ROOT)
