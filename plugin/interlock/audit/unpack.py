"""The compiled code of a wheel, unpacked into a directory, with the paths where it will be installed."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

from interlock.audit.names import is_library
from interlock.core.archives import open_zip
from interlock.engines.python.wheels import destination

if TYPE_CHECKING:
    from pathlib import Path


def unpack_libraries(wheel: Path, folder: Path, *, site_packages: Path, prefix: Path) -> dict[Path, Path]:
    """Extract extension modules and libraries; maps the place of each in the environment to the extracted file.

    Raises :class:`zipfile.BadZipFile` and :class:`OSError` as zipfile does.
    """
    found: dict[Path, Path] = {}
    with open_zip(wheel) as archive:
        for info in archive.infolist():
            place = destination(info.filename)
            if info.is_dir() or place is None or not is_library(place[1].name):
                continue
            scheme, inside = place
            # Numbered: names from an archive are not to be trusted with a path.
            target = folder / str(len(found)) / inside.name
            target.parent.mkdir()
            with archive.open(info) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file, 1 << 20)
            found[(site_packages if scheme == "site" else prefix) / inside] = target
    return found


def has_libraries(wheel: Path) -> bool:
    """Whether a wheel holds files that are named like libraries; a file that is not an archive has none."""
    try:
        with open_zip(wheel) as archive:
            return any(is_library(name.rpartition("/")[2]) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False
