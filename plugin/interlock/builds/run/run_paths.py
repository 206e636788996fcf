"""Run paths of built libraries that lead into the prefix, made relative to the library.

The compilers and the interpreter of conda have every library that is linked with them search ``PREFIX/lib``. Such a
wheel could be used in one environment alone. ``$ORIGIN``, which the dynamic linker replaces by the directory of the
library, leads to the same place in every environment (System V ABI, "Shared Object Dependencies").
"""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from elftools.elf.dynamic import DynamicSection
from elftools.elf.sections import SymbolTableSection

from interlock.builds.rewriting import rewrite
from interlock.core.archives import open_zip
from interlock.core.elf import NotReadableError, reading_elf
from interlock.engines.python.wheels import destination

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elftools.elf.elffile import ELFFile

_ATTRIBUTES = {"DT_RPATH": "rpath", "DT_RUNPATH": "runpath"}
_NAMES = {"DT_NEEDED", "DT_SONAME"}


def make_relative(wheel: Path, prefix: Path, site_packages: str) -> None:
    """Replace run paths below ``prefix`` in a wheel that is to be installed into ``site_packages``, relative to it.

    What has no room for the relative path, or is no ELF file, stays as it is. So does a damaged wheel.
    """
    with TemporaryDirectory(dir=wheel.parent) as scratch:
        changed: dict[str, Path] = {}
        try:
            with open_zip(wheel) as archive:
                for number, (member, folder) in enumerate(_libraries(archive, prefix / site_packages, prefix)):
                    file = Path(scratch, str(number))
                    with archive.open(member) as content, file.open("wb") as copy:
                        shutil.copyfileobj(content, copy, 1 << 20)
                    if _patch(file, folder, prefix):
                        changed[member] = file
            if changed:
                made = Path(scratch, "wheel")
                rewrite(wheel, made, changed)
                made.replace(wheel)
        except (zipfile.BadZipFile, ValueError, KeyError):
            return


def _libraries(archive: zipfile.ZipFile, site: Path, prefix: Path) -> Iterator[tuple[str, Path]]:
    """The libraries of a wheel, each with the directory that it will lie in."""
    for name in archive.namelist():
        place = destination(name)
        if place is not None and ".so" in Path(name).name:
            scheme, path = place
            yield name, ((site if scheme == "site" else prefix) / path).parent


def _patch(file: Path, folder: Path, prefix: Path) -> bool:
    """Make the run path of a library relative that will lie in ``folder``; whether anything was changed."""
    with file.open("r+b") as stream:
        try:
            with reading_elf(stream) as elf:
                found = _run_path(elf)
        except NotReadableError:
            return False
        if found is None:
            return False
        offset, old = found
        new = ":".join(dict.fromkeys(_relative(each, folder, prefix) for each in old.split(":")))
        if new == old or len(new.encode()) > len(old.encode()):
            return False
        stream.seek(offset)
        stream.write(new.encode().ljust(len(old.encode()), b"\0"))
    return True


def _run_path(elf: ELFFile) -> tuple[int, str] | None:
    """Where in the file the run path is, and the run path; ``None`` if a name shares its end with it, as linkers do."""
    for section in elf.iter_sections():
        if isinstance(section, DynamicSection):
            tags = list(section.iter_tags())
            paths = [tag for tag in tags if tag.entry.d_tag in _ATTRIBUTES]
            if len(paths) != 1:
                return None
            start = paths[0].entry.d_val
            text = str(getattr(paths[0], _ATTRIBUTES[paths[0].entry.d_tag]))
            inside = range(start, start + len(text.encode()) + 1)
            others = [tag.entry.d_val for tag in tags if tag.entry.d_tag in _NAMES]
            symbols = (each for each in elf.iter_sections() if isinstance(each, SymbolTableSection))
            names = (
                symbol.entry.st_name
                for table in symbols
                if table["sh_link"] == section["sh_link"]
                for symbol in table.iter_symbols()
            )
            if any(each in inside for each in (*others, *names)):
                return None
            return elf.get_section(section["sh_link"])["sh_offset"] + start, text
    return None


def _relative(path: str, folder: Path, prefix: Path) -> str:
    for known in (str(prefix), os.path.realpath(prefix)):
        if path == known or path.startswith(f"{known}/"):
            here = os.path.relpath(f"{prefix}{path.removeprefix(known)}", folder)
            return "$ORIGIN" if here == "." else f"$ORIGIN/{here}"
    return path
