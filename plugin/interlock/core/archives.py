"""Opening archives that others made: whatever is wrong with one is one exception, also what only reading shows."""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from io import RawIOBase
    from pathlib import Path

# What the modules of the standard library raise for archives that are damaged, encrypted, or packed in a way that they
# do not know, beside their own exceptions.
_DAMAGED = (
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    lzma.LZMAError,
    zlib.error,
)


@contextmanager
def open_zip(file: Path | IO[bytes] | RawIOBase) -> Iterator[zipfile.ZipFile]:
    """A zip archive, such as a wheel, to be read in the block.

    Raises :class:`zipfile.BadZipFile` for every fault of the archive, also one that a member has, and :class:`OSError`.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except _DAMAGED as error:
        raise zipfile.BadZipFile(_reason(error)) from error
    except OSError as error:
        if _leads_nowhere(error):
            raise zipfile.BadZipFile(_reason(error)) from error
        raise


@contextmanager
def open_tar(file: Path) -> Iterator[tarfile.TarFile]:
    """A tar archive in any compression, to be read in the block.

    Raises :class:`tarfile.TarError` for every fault of the archive, and :class:`OSError`.
    """
    try:
        with tarfile.open(file) as archive:
            yield archive
    except _DAMAGED as error:
        raise tarfile.ReadError(_reason(error)) from error
    except OSError as error:
        if _leads_nowhere(error):
            raise tarfile.ReadError(_reason(error)) from error
        raise


def _leads_nowhere(error: OSError) -> bool:
    """Whether a member is said to lie before the beginning of the file."""
    return error.errno == EINVAL


def _reason(error: Exception) -> str:
    return str(error) or "it ends too early"
