"""Whether paths and names that others wrote stay inside of the folder that they are joined to."""

from __future__ import annotations

import os

_NOT_IN_NAMES = frozenset("/\\\0\r\n")


def leads_out(path: str) -> bool:
    """Whether a relative path with ``/`` could name something outside of the folder that it is joined to, or nothing.

    Looks at the text alone; see :class:`Inside` for links.
    """
    if not path or path[0] == "/" or "\0" in path:
        return True
    return (".." in path and ".." in path.split("/")) or path.strip("./") == ""


def is_file_name(name: str) -> bool:
    """Whether a text can be the name of a file in a folder, on every system."""
    return name not in ("", ".", "..") and _NOT_IN_NAMES.isdisjoint(name)


class Inside:
    """What lies below a folder, links considered. Looks at each directory once, so it is for one piece of work."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = os.fspath(folder)
        self._top = os.path.realpath(self._folder)
        self._known: dict[str, bool] = {"": True}

    def holds(self, path: str) -> bool:
        """Whether a file of this relative path would be written, or removed, inside of the folder.

        Links on the way to it may lead to other places below the folder. The last part is not followed.
        """
        if leads_out(path):
            return False
        plain = path.rstrip("/")
        while plain.endswith("/."):
            plain = plain[:-2].rstrip("/")
        return self._is_inside(plain.rpartition("/")[0])

    def _is_inside(self, directory: str) -> bool:
        known = self._known.get(directory)
        if known is None:
            real = os.path.realpath(os.path.join(self._folder, directory))  # noqa: PTH118 - a hundred thousand times
            known = self._known[directory] = real == self._top or real.startswith(f"{self._top}{os.sep}")
        return known
