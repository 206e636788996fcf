"""Finding programs as a shell does."""

from __future__ import annotations

import os


def find_program(name: str, path: str) -> str | None:
    """Where a program is: ``name`` itself if that is a path, or else in one of the directories of ``path``.

    As :func:`shutil.which` finds it; but that module imports four compression libraries, for which `env run` would
    have to wait.
    """
    folders = [""] if os.path.dirname(name) else path.split(os.pathsep) if path else []  # noqa: PTH120 - as above
    places = (os.path.join(folder, name) for folder in folders)  # noqa: PTH118 - as written, also without a directory
    return next((place for place in places if _is_program(place)), None)


def _is_program(place: str) -> bool:
    return os.access(place, os.F_OK | os.X_OK) and not os.path.isdir(place)  # noqa: PTH112 - raises nothing
