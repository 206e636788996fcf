"""What files are called in messages."""

from __future__ import annotations

import os


def label(path: str | os.PathLike[str]) -> str:
    """The shortest honest name of a file: relative to the working directory if it lies there."""
    place = os.fspath(path)
    try:
        here = os.getcwd()  # noqa: PTH109 - `env tree` and `env why` do without pathlib
    except OSError:
        return place
    return "." if place == here else place.removeprefix(f"{here.rstrip('/')}/")
