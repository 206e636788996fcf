"""Whether a wheel names the prefix that it was built in, and may be of no use in another one."""

from __future__ import annotations

import mmap
import os
import re
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO

from elftools.elf.constants import SH_FLAGS

from interlock.core.archives import open_zip
from interlock.core.elf import NotReadableError, reading_elf

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGIN = 1 << 13
# What follows a prefix in a path, up to what ends paths in settings, in options of compilers and in messages.
_REST = rb"(?![\w.-])([^\0\s\"'`:;,|<>(){}\[\]\\]*)"
_SOURCE = re.compile(
    r"/include/.|\.(?:h|hh|hpp|hxx|cuh|inc|inl|ipp|tcc|c|cc|cpp|cxx|cu|m|mm|f|f90|rs|pyx|pxd|pxi)$", re.IGNORECASE
)


def names_prefix(wheel: Path, prefix: Path) -> bool:
    """Whether text in a wheel, or what its libraries load, names ``prefix`` or something below it.

    It can be a run path, a place of data or programs, or something that is only told. Sources and headers do not count,
    which libraries name as ``__FILE__``, and neither does debug information. In a damaged wheel, which no installer
    takes, nothing is looked for.
    """
    places = sorted({os.fsencode(prefix), os.fsencode(os.path.realpath(prefix))})
    pattern = re.compile(b"(?:" + b"|".join(map(re.escape, places)) + b")" + _REST)
    with suppress(zipfile.BadZipFile), open_zip(wheel) as archive:
        return any(_has_mention(archive, member, pattern) for member in archive.infolist() if member.file_size)
    return False


def _has_mention(archive: zipfile.ZipFile, member: zipfile.ZipInfo, pattern: re.Pattern[bytes]) -> bool:
    if _SOURCE.search(member.filename):
        return False
    with archive.open(member) as content:
        if ".so" in Path(member.filename).name:
            with TemporaryFile() as library:
                shutil.copyfileobj(content, library, 1 << 20)
                library.flush()
                with mmap.mmap(library.fileno(), 0, access=mmap.ACCESS_READ) as data:
                    found = list(_mentions(data, pattern))
                return bool(found) and any(at in part for part in _loaded(library, member.file_size) for at in found)
        begin = content.read(_BEGIN)
        return b"\0" not in begin and any(True for _ in _mentions(begin + content.read(), pattern))


def _mentions(data: bytes | mmap.mmap, pattern: re.Pattern[bytes]) -> Iterator[int]:
    """Where a path below the prefix begins that is none of a source."""
    for found in pattern.finditer(data):
        if not _SOURCE.search(found[1].decode(errors="replace")):
            yield found.start()


def _loaded(library: BinaryIO, size: int) -> list[range]:
    """The parts of a library that are loaded into memory: all of it, if that cannot be told."""
    try:
        with reading_elf(library) as elf:
            sections = [each for each in elf.iter_sections() if each["sh_flags"] & SH_FLAGS.SHF_ALLOC]
            sections = [each for each in sections if each["sh_type"] != "SHT_NOBITS"]
            return [range(each["sh_offset"], each["sh_offset"] + each["sh_size"]) for each in sections]
    except NotReadableError:
        return [range(size)]
