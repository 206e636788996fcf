"""Unpacking of untrusted sdists: nothing is written outside the target, and not more than an sdist can hold."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from interlock.builds.sources.findings import unreadable_archive, unsafe_archive
from interlock.core.archives import open_tar, open_zip
from interlock.core.inside import leads_out
from interlock_hooks.types import InterlockError

_EXECUTABLE = 0o111
# Sources are text for the most part, of which the best packing leaves a tenth; what is more is made to fill the disk.
_MOST_MEMBERS = 200_000
_FREE_SIZE = 1 << 30
_MOST_TIMES = 50


class _Members:
    """Lets the members of an archive pass, one after the other. Raises :class:`InterlockError` (IL403) for others."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        self._room = max(_FREE_SIZE, archive.stat().st_size * _MOST_TIMES)
        self._size = 0
        self._number = 0
        self._files: set[PurePosixPath] = set()
        self._links: set[PurePosixPath] = set()

    def file(self, name: str, size: int) -> None:
        """A file of ``size`` bytes, or a directory of none."""
        self._files.add(self._place(name))
        self._size += size
        if self._size > self._room:
            raise self._refused(
                f"it holds more than {self._room >> 20} MiB, the most that is unpacked of an archive of this size"
            )

    def link(self, name: str) -> None:
        """A symbolic link, of which the caller sees where it leads."""
        self._links.add(self._place(name))

    def hard_link(self, name: str, other: str) -> None:
        """One more name of a file that came before."""
        if PurePosixPath(other) not in self._files:
            raise self._refused(f"{name!r} would be a link to {other!r}, which is no file of the archive")
        self._files.add(self._place(name))

    def _place(self, name: str) -> PurePosixPath:
        self._number += 1
        if self._number > _MOST_MEMBERS:
            raise self._refused(f"it has more than {_MOST_MEMBERS:,} members, the most that are unpacked")
        path = PurePosixPath(name)
        if leads_out(name) and name.rstrip("/") != ".":
            raise self._refused(f"{name!r} would be written outside of it")
        # However its target is written: what tools pack of a tree never lies behind a link.
        behind = self._links.intersection((path, *path.parents)) if self._links else ()
        for link in behind:
            raise self._refused(f"{name!r} would be written through the link {str(link)!r}")
        return path

    def _refused(self, why: str) -> InterlockError:
        return InterlockError(unsafe_archive(self._archive, why))


def unpack_archive(archive: Path, target: Path) -> Path:
    """Unpack an sdist (``.tar.*`` or ``.zip``) into ``target`` and return the directory of the project in it.

    Raises :class:`InterlockError`: IL403 when a member would land outside ``target`` (PEP 706), or they are more or
    larger than those of sdists are; IL404 when the file is not a readable archive of one project.
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
    members = _Members(archive)

    def admitted(member: tarfile.TarInfo, path: str) -> tarfile.TarInfo:
        if member.issym():
            members.link(member.name)
        elif member.islnk():
            members.hard_link(member.name, member.linkname)
        else:
            members.file(member.name, member.size)
        # PEP 706: refuses absolute paths, links that lead outside, and devices; takes rights away such as setuid.
        return tarfile.data_filter(member, path)

    with open_tar(archive) as tar:
        tar.extractall(target, filter=admitted)  # noqa: S202 - each member is looked at


def _unpack_zip(archive: Path, target: Path) -> None:
    members = _Members(archive)
    with open_zip(archive) as file:
        for member in file.infolist():
            members.file(member.filename.replace("\\", "/"), member.file_size)
            # A link of a zip archive is written as a file that holds its target.
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
