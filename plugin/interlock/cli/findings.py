"""Findings about the command line itself; imported only when something is wrong."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from interlock.core.paths import cache_dir
from interlock_hooks.types import Finding

# Others, such as a file that is not there, mean that Interlock did not look before.
_REFUSALS = frozenset(
    {
        *(errno.EACCES, errno.EPERM, errno.EROFS),
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN),
        *(errno.EIO, errno.EBUSY, errno.ESTALE, errno.ENODEV, errno.ENXIO, errno.ETXTBSY),
        *(errno.ENAMETOOLONG, errno.ELOOP),
        # A file where a directory belongs, and the reverse.
        *(errno.ENOTDIR, errno.EISDIR, errno.EEXIST),
    }
)


# What says that a place is not fit for a cache, and not that a disk is full.
_UNUSABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST})


def misuse(command: str, message: str) -> Finding:
    """IL188: the command line is wrong, as argparse says it."""
    return Finding(
        code="IL188",
        what="the command line is wrong",
        why=message,
        fix=f"see `{' '.join(filter(None, ('interlock', command, '--help')))}`",
    )


def no_program(command: str) -> Finding:
    """IL190: ``env run`` or ``env exec`` without a program."""
    return Finding(
        code="IL190",
        what="there is no program to run",
        why=f"`{command}` needs the program and its arguments",
        fix=f"write them after --: interlock {command} -- CMD",
    )


def no_spec(program: str) -> Finding:
    """IL189: ``env exec`` of a file, without a package."""
    return Finding(
        code="IL189",
        what=f"there is nothing to run {program} with",
        why="only the name of a program can be taken for that of a package",
        fix=f"name the packages: interlock env exec -w SPEC -- {program}",
    )


def no_working_directory() -> Finding:
    """IL193: the working directory was removed."""
    return Finding(
        code="IL193",
        what="the working directory no longer exists",
        why="it was removed or replaced after this shell entered it",
        fix='change to an existing directory; `cd "$PWD"` enters the new one if it was recreated',
    )


def not_utf8(error: Exception) -> Finding | None:
    """IL194: a path, an argument or a variable that is not text in UTF-8; ``None`` for every other exception."""
    if not isinstance(error, UnicodeEncodeError) or error.encoding != "utf-8":
        return None
    return Finding(
        code="IL194",
        what=f"{error.object[max(error.start - 200, 0) : error.end + 200]!r} is not UTF-8",
        why="the lock and the engines for conda and PyPI packages hold names and paths in UTF-8 only",
        fix="rename the file or directory, or correct the argument or variable",
    )


def refusal_of_the_system(error: Exception) -> Finding | None:
    """The operating system could not do what it was asked for; ``None`` for every other exception.

    IL655 where Interlock's own cache is what cannot be used, else IL998.
    """
    if isinstance(error, MemoryError):
        error = OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
    if not isinstance(error, OSError) or error.errno not in _REFUSALS:
        return None
    if error.errno in _UNUSABLE and (cache := _in_cache(error.filename)) is not None:
        return Finding(
            code="IL655",
            what=f"Interlock's cache cannot be used: {cache}",
            why=f"{error.strerror}: {os.fsdecode(error.filename)}",
            fix="make it a directory that this user may write to, or set INTERLOCK_CACHE_DIR to such a directory",
        )
    place = f": {os.fsdecode(error.filename)}" if isinstance(error.filename, (str, bytes)) else ""
    return Finding(
        code="IL998",
        what=f"the operating system refused: {error.strerror}{place}",
        why="Interlock cannot use this file or directory, or this machine has run out of something",
        fix="check what lies there, permissions, limits and the free disk space, also of /tmp and of the cache",
    )


def _in_cache(path: object) -> Path | None:
    """The directory of the cache, if a path is in it or on the way to it."""
    cache = cache_dir()
    if not isinstance(path, (str, bytes)):
        return None
    place = Path(os.fsdecode(path))
    return cache if place.is_relative_to(cache) or cache.is_relative_to(place) else None


def bug(error: Exception) -> Finding:
    """IL999: an exception that is not an :class:`~interlock_hooks.types.InterlockError`."""
    return Finding(
        code="IL999",
        what=f"Interlock failed unexpectedly: {type(error).__name__}: {error}",
        why="this is a bug in Interlock or in a plugin, not in your project",
        fix="run the command again with -vv and report the output",
    )
