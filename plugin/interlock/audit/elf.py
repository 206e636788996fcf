"""The parts of an ELF file that the dynamic linker reads: needed libraries, defined and undefined symbols.

pyelftools finds its way through headers and sections. The symbol tables themselves, which have hundreds of thousands of
entries in the libraries of torch, are unpacked at once here: ten times as fast, and only they are read, so that memory
does not depend on how large the file is.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from elftools.elf.dynamic import DynamicSection
from elftools.elf.gnuversions import GNUVerDefSection, GNUVerNeedSection

from interlock.core.elf import NotReadableError, reading_elf

if TYPE_CHECKING:
    from pathlib import Path

    from elftools.elf.sections import Section

_MAGIC = b"\x7fELF"
_UNDEFINED = 0
_GLOBAL, _WEAK, _UNIQUE = 1, 2, 10
_VERSION_MASK = 0x7FFF  # the highest bit marks versions that are not the default one
_BASE, _WEAK_NEED = 1, 2
_MOST_VERSIONS = 1 << 15  # the numbers of versions have 15 bits


@dataclass(frozen=True, slots=True)
class VersionNeed:
    """A version that a file needs of a library (``GLIBC_2.34`` of ``libc.so.6``); without a weak one it still loads."""

    library: str
    version: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A symbol that must be defined elsewhere; versioned ones also say by which library."""

    name: str
    version: str | None = None
    library: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ElfFile:
    """The dynamic linker's view of a file.

    ``search`` are its RPATH or RUNPATH entries, as they are written. ``undefined`` are the strong references only.
    ``defined`` maps each exported symbol to its versions, ``""`` for none; ``weak`` are those of them that other
    definitions may replace. ``versions`` are the versions that the file as a whole offers. An ``opaque`` file has been
    stripped of the section table, so that nothing can be said of its symbols.
    """

    path: Path
    machine: str
    soname: str | None = None
    interpreter: str | None = None
    needed: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    undefined: tuple[Reference, ...] = ()
    defined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    weak: frozenset[str] = frozenset()
    version_needs: tuple[VersionNeed, ...] = ()
    versions: frozenset[str] = frozenset()
    opaque: bool = False


def is_elf(path: Path) -> bool:
    """Whether a file begins as an ELF file does."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def read_elf(path: Path) -> ElfFile:
    """Read an ELF file. Raises :class:`NotReadableError`, and :class:`OSError` when it cannot be opened."""
    with path.open("rb") as file:
        try:
            with reading_elf(file) as elf:
                return _read(path, elf)
        except NotReadableError as error:
            raise NotReadableError(f"{path.name} cannot be read: {error}") from error


def _read(path: Path, elf: Any) -> ElfFile:
    machine = f"{elf['e_machine'].removeprefix('EM_')}-{elf.elfclass}"
    sections = {section["sh_type"]: section for section in elf.iter_sections()}
    if "SHT_DYNSYM" not in sections:
        return ElfFile(path, machine, opaque=elf["e_shnum"] == 0)
    tags = _tags(sections.get("SHT_DYNAMIC"))
    defined_versions, needed_versions = _offered(sections), _wanted(sections)
    symbols = _symbols(elf, sections, {**defined_versions, **{i: need.version for i, need in needed_versions.items()}})
    defined: dict[str, tuple[str, ...]] = {}
    undefined, weak = [], set()
    for name, binding, section, number, version in symbols:
        if section == _UNDEFINED:
            if binding == _GLOBAL:
                need = needed_versions.get(number)
                undefined.append(Reference(name, need.version, need.library) if need else Reference(name))
        elif binding in (_GLOBAL, _WEAK, _UNIQUE):
            defined[name] = (*defined[name], version) if name in defined else (version,)
            if binding != _GLOBAL:
                weak.add(name)
    return ElfFile(
        path,
        machine,
        soname=next(iter(tags["DT_SONAME"]), None),
        interpreter=_interpreter(elf),
        needed=tuple(tags["DT_NEEDED"]),
        search=_search(tags),
        undefined=tuple(undefined),
        defined=defined,
        weak=frozenset(weak),
        version_needs=tuple(needed_versions.values()),
        versions=frozenset(defined_versions.values()),
    )


def _tags(section: Section | None) -> dict[str, list[str]]:
    texts = {"DT_NEEDED": "needed", "DT_SONAME": "soname", "DT_RPATH": "rpath", "DT_RUNPATH": "runpath"}
    found: dict[str, list[str]] = {tag: [] for tag in texts}
    if isinstance(section, DynamicSection):
        for tag in section.iter_tags():
            if tag.entry.d_tag in texts:
                found[tag.entry.d_tag].append(getattr(tag, texts[tag.entry.d_tag]))
    return found


def _search(tags: Mapping[str, list[str]]) -> tuple[str, ...]:
    # Where there is a RUNPATH, the RPATH is not looked at.
    entries = tags["DT_RUNPATH"] or tags["DT_RPATH"]
    return tuple(place for entry in entries for place in entry.split(":") if place)


def _interpreter(elf: Any) -> str | None:
    segments = (segment for segment in elf.iter_segments(type="PT_INTERP"))
    return next((segment.get_interp_name() for segment in segments), None)


def _offered(sections: Mapping[str, Section]) -> dict[int, str]:
    """The versions that the file defines, by number; the base version, which names the file itself, left out."""
    section = sections.get("SHT_GNU_verdef")
    if not isinstance(section, GNUVerDefSection) or section["sh_info"] > _MOST_VERSIONS:
        return {}
    return {
        entry["vd_ndx"]: next(iter(names)).name
        for entry, names in section.iter_versions()
        if not entry["vd_flags"] & _BASE
    }


def _wanted(sections: Mapping[str, Section]) -> dict[int, VersionNeed]:
    section = sections.get("SHT_GNU_verneed")
    if not isinstance(section, GNUVerNeedSection) or section["sh_info"] > _MOST_VERSIONS:
        return {}
    return {
        entry["vna_other"]: VersionNeed(str(library.name), str(entry.name), bool(entry["vna_flags"] & _WEAK_NEED))
        for library, entries in section.iter_versions()
        for entry in entries
    }


def _symbols(
    elf: Any, sections: Mapping[str, Section], versions: Mapping[int, str]
) -> Iterator[tuple[str, int, int, int, str]]:
    """Name, binding, section, version number and version of each dynamic symbol."""
    table = sections["SHT_DYNSYM"]
    texts = elf.get_section(table["sh_link"]).data()
    order = "<" if elf.little_endian else ">"
    wide = elf.elfclass == 64
    layout = struct.Struct(f"{order}IBBHQQ" if wide else f"{order}IIIBBH")
    numbers = array("H")
    if "SHT_GNU_versym" in sections:
        numbers.frombytes(sections["SHT_GNU_versym"].data())
        if (order == "<") != (struct.pack("=H", 1)[0] == 1):
            numbers.byteswap()
    for index, entry in enumerate(layout.iter_unpack(table.data())):
        name_at = entry[0]
        info, section = (entry[1], entry[3]) if wide else (entry[3], entry[5])
        if name_at == 0:
            continue
        name = texts[name_at : texts.index(0, name_at)].decode("utf-8", "replace")
        number = numbers[index] & _VERSION_MASK if index < len(numbers) else 0
        yield name, info >> 4, section, number, versions.get(number, "")
