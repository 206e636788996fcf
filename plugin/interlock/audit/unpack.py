"""The compiled code of a wheel, unpacked into a directory, with the paths where it will be installed."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath

from interlock.audit.names import is_library

# Directories of a wheel's .data that are not beside site-packages (binary distribution format, PEP 427).
_SITES = ("purelib", "platlib")


def unpack_libraries(wheel: Path, folder: Path, *, site_packages: Path, prefix: Path) -> dict[Path, Path]:
    """Extract extension modules and libraries; maps the place of each in the environment to the extracted file.

    Raises :class:`zipfile.BadZipFile` and :class:`OSError` as zipfile does.
    """
    found: dict[Path, Path] = {}
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            path = PurePosixPath(info.filename)
            place = _place(path, site_packages, prefix)
            if info.is_dir() or place is None or not is_library(path.name):
                continue
            # Numbered: names from an archive are not to be trusted with a path.
            target = folder / str(len(found)) / path.name
            target.parent.mkdir()
            with archive.open(info) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file, 1 << 20)
            found[place] = target
    return found


def has_libraries(wheel: Path) -> bool:
    """Whether a wheel holds files that are named like libraries; a file that is not an archive has none."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return any(is_library(name.rpartition("/")[2]) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False


def _place(path: PurePosixPath, site_packages: Path, prefix: Path) -> Path | None:
    if path.is_absolute() or ".." in path.parts:
        return None
    if len(path.parts) > 2 and path.parts[0].endswith(".data"):
        scheme, rest = path.parts[1], path.parts[2:]
        if scheme in _SITES:
            return site_packages.joinpath(*rest)
        return prefix.joinpath(*rest) if scheme == "data" else None
    return site_packages.joinpath(*path.parts)
