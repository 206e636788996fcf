"""Which files of a source tree may decide what it requires."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ALWAYS = ("pyproject.toml", "setup.py", "setup.cfg")
# What a setup.py reads its requirements and its version from.
_READ_BY_SETUP = ("*.txt", "*.in", "requirements/*.txt", "requirements/*.in", "VERSION")


def deciding_files(folder: Path) -> list[Path]:
    """The files at the top of a source tree from which a build backend makes its metadata, as far as habit tells.

    The first three are listed whether they exist or not: that one appears is a change, too.
    """
    found = (path for pattern in _READ_BY_SETUP for path in folder.glob(pattern))
    return [*(folder / name for name in _ALWAYS), *sorted(path for path in found if path.is_file())]
