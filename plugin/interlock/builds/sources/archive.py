"""Unpacking of untrusted sdists: nothing is written outside the target."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from interlock.builds.sources.findings import unreadable_archive, unsafe_archive
from interlock.core.archives import open_tar, open_zip
from interlock_hooks.types import InterlockError

_EXECUTABLE = 0o111


def unpack_archive(archive: Path, target: Path) -> Path:
    """Unpack an sdist (``.tar.*`` or ``.zip``) into ``target`` and return the directory of the project in it.

    Raises :class:`InterlockError`: IL403 when a member would land outside ``target`` (PEP 706), IL404 when the
    file is not a readable archive of one project.
    """
    target.mkdir(parents=True, exist_ok=True)
    try:
        if archive.name.lower().endswith(".zip"):
            _unpack_zip(archive, target)
        else:
            _unpack_tar(archive, target)
    except tarfile.FilterError as error:
        raise InterlockError(unsafe_archive(archive, str(error))) from error
    except (tarfile.TarError, zipfile.BadZipFile, OSError) as error:
        raise InterlockError(unreadable_archive(archive, str(error))) from error
    return _project_directory(archive, target)


def _unpack_tar(archive: Path, target: Path) -> None:
    with open_tar(archive) as tar:
        # The filter "data" (PEP 706) refuses absolute paths, links that lead outside, and device files.
        tar.extractall(target, filter="data")


def _unpack_zip(archive: Path, target: Path) -> None:
    with open_zip(archive) as file:
        for member in file.infolist():
            path = PurePosixPath(member.filename.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts:
                raise InterlockError(unsafe_archive(archive, f"{member.filename!r} would be written outside it"))
            written = Path(file.extract(member, target))
            # zipfile drops the permissions; configure scripts need theirs.
            if not member.is_dir() and (member.external_attr >> 16) & _EXECUTABLE:
                written.chmod(written.stat().st_mode | _EXECUTABLE)


def _project_directory(archive: Path, target: Path) -> Path:
    entries = [entry for entry in target.iterdir() if entry.name != "pax_global_header"]
    if len(entries) == 1 and entries[0].is_dir():
        return entries[0]
    if any((target / name).is_file() for name in ("pyproject.toml", "setup.py")):
        return target
    raise InterlockError(unreadable_archive(archive, f"expected one top directory, found {len(entries)} entries"))
