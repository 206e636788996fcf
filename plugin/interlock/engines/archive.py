"""An archive of a prefix that can be unpacked anywhere, by conda-pack."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from conda_pack import CondaEnv, CondaPackException
from conda_pack.core import File

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = (".tar.gz", ".tgz", ".tar.bz2", ".tar.zst", ".tar", ".zip")


class ArchiveError(Exception):
    """The prefix cannot be packed; the text says why."""


def pack_prefix(
    prefix: Path,
    archive: Path,
    *,
    without: frozenset[str],
    added: Mapping[str, Path],
    progress: Callable[[int, int], None],
) -> int:
    """Write an archive of a prefix and return the number of its files; an old file is replaced at the end.

    The ending of ``archive`` selects its kind, one of :data:`FORMATS`. ``without`` are paths in the prefix that are
    left out, ``added`` are files by their path in the archive. ``progress`` is told how many files of how many there
    are. Raises :class:`ArchiveError`, or :class:`OSError`.
    """
    try:
        # Editable packages are the caller's business. Packages that left the cache are read from the prefix.
        found = CondaEnv.from_prefix(str(prefix), on_missing_cache="ignore", ignore_editable_packages=True)
        kept = [file for file in found.files if file.target not in without]
        kept += [File(str(path), place, is_conda=False) for place, path in added.items()]
        with _temporary_files_in(archive.parent), _staged(archive) as staged:
            CondaEnv(found.prefix, _Telling(kept, progress)).pack(output=staged, force=True, n_threads=-1)
    except CondaPackException as error:
        raise ArchiveError(str(error)) from error
    return len(kept)


class _Telling(list[Any]):
    """The files of an archive; whoever goes through them tells how far they are."""

    def __init__(self, files: list[Any], progress: Callable[[int, int], None]) -> None:
        super().__init__(files)
        self._progress = progress

    def __iter__(self) -> Iterator[Any]:
        for count, file in enumerate(super().__iter__(), 1):
            self._progress(count, len(self))
            yield file


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """conda-pack writes the whole archive to a temporary file first: an environment for GPUs fills a small /tmp."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextmanager
def _staged(archive: Path) -> Iterator[str]:
    """A name beside the archive with the same ending, which takes its place at the end."""
    staged = archive.with_name(f".{os.getpid()}-{archive.name}")
    try:
        # conda-pack's temporary file is for its owner alone; an archive is for others, as far as the umask allows.
        staged.touch()
        mode = staged.stat().st_mode
        yield str(staged)
        staged.chmod(mode)
        staged.replace(archive)
    finally:
        staged.unlink(missing_ok=True)
