"""Opening ELF files that others made: whatever is wrong with one is one exception, also what only reading shows."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

# pyelftools trusts what it reads, so that damaged files end in nearly anything: seeks to nowhere, huge reads.
_DAMAGED = (
    ELFError, struct.error, ValueError, LookupError, AttributeError, TypeError, OSError, ArithmeticError, MemoryError
)  # fmt: skip


class NotReadableError(Exception):
    """The file is no ELF file, or its tables contradict themselves."""


@contextmanager
def reading_elf(file: BinaryIO) -> Iterator[ELFFile]:
    """An open ELF file, to be read in the block. Raises :class:`NotReadableError` for every fault of the file."""
    try:
        yield ELFFile(file)
    except _DAMAGED as error:
        raise NotReadableError(str(error)) from error
