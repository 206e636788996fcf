"""What a module can lack: symbols, versions of symbols, libraries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.audit.elf import VersionNeed
    from interlock.audit.world import Module


@dataclass(frozen=True, slots=True)
class LackingSymbols:
    """Symbols that ``module`` needs and no library defines; ``home`` should, ``None`` if that is unknown.

    ``imported`` says, here and below, that an import loads the module, and not the package itself when it likes to.
    """

    module: Module
    home: Module | None
    symbols: tuple[str, ...]
    imported: bool = True


@dataclass(frozen=True, slots=True)
class LackingVersions:
    """Versions that ``module`` needs of ``library``, which offers only others; ``symbols`` are those it wants so."""

    module: Module
    library: Module
    needs: tuple[VersionNeed, ...]
    symbols: tuple[str, ...]
    imported: bool = True


@dataclass(frozen=True, slots=True)
class LackingLibrary:
    """A library that ``module`` needs and that is not found.

    ``instead`` is the same library in another version; ``bringer`` another library of the package that should have it.
    """

    module: Module
    name: str
    instead: Path | None = None
    bringer: Path | None = None
    required: bool = True
    imported: bool = True


@dataclass(frozen=True, slots=True)
class OtherMachine:
    """A module that was compiled for another kind of machine than the interpreter's."""

    module: Module


@dataclass(frozen=True, slots=True)
class Fit:
    """What was found out about a set of modules; ``skipped`` are those for other interpreters."""

    symbols: tuple[LackingSymbols, ...] = ()
    versions: tuple[LackingVersions, ...] = ()
    libraries: tuple[LackingLibrary, ...] = ()
    machines: tuple[OtherMachine, ...] = ()
    checked: tuple[Module, ...] = ()
    skipped: tuple[Module, ...] = ()
