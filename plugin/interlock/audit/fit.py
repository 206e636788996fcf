"""Whether modules fit into a world: what they need of it, and what it does not have.

The rule is the dynamic linker's. Python opens extension modules with all symbols bound at once, so each reference of a
module, and of the libraries that come with it, must be satisfied by the interpreter or by what is loaded with the
module; else the import fails. Where that cannot be known for certain, nothing is claimed: see :func:`check_fit`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from interlock.audit.homes import home_of
from interlock.audit.names import is_for_other_python, is_of_the_machine, library_name
from interlock.audit.symbols import missing_versions, unresolved

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.audit.elf import Reference, VersionNeed
    from interlock.audit.world import Module, Scope, World


@dataclass(frozen=True, slots=True)
class LackingSymbols:
    """Symbols that ``module`` needs and nobody defines; ``home`` should, ``None`` if that cannot be said."""

    module: Module
    home: Module | None
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LackingVersions:
    """Versions that ``module`` needs of ``library``, which offers only others; ``symbols`` are those it wants so.

    ``required`` says that an import needs the module.
    """

    module: Module
    library: Module
    needs: tuple[VersionNeed, ...]
    symbols: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True, slots=True)
class LackingLibrary:
    """A library that ``module`` needs and that is not found.

    ``instead`` is the same library in another version; ``bringer`` a library of the package that should have it, too.
    """

    module: Module
    name: str
    instead: Path | None = None
    bringer: Path | None = None
    required: bool = True


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


@dataclass
class _Found:
    symbols: list[LackingSymbols] = field(default_factory=list)
    versions: list[LackingVersions] = field(default_factory=list)
    libraries: list[LackingLibrary] = field(default_factory=list)


def check_fit(modules: Sequence[Module], world: World, on_module: Callable[[Module], None] = lambda _: None) -> Fit:
    """Compare what modules need with what there is for them.

    Each library among ``modules`` is looked at as the imports load it. A module with a library missing says
    nothing of its symbols, since they may be that library's. What no import loads may be meant for a program
    that brings the rest: there, only what certainly belongs to a library that was found counts.
    """
    skipped = [module for module in modules if is_for_other_python(module.place.name, world.interpreter.suffixes)]
    wanted = [module for module in modules if module not in skipped]
    checked = [module for module in wanted if module.elf.machine == world.machine]
    others = [module for module in wanted if module.elf.machine != world.machine and is_extension(module)]
    found = _Found()
    own = {module.place for module in modules}
    loads = _loads(checked, world)
    for module in checked:
        on_module(module)
        _check(module, loads[module.place], own, world, found)
    return Fit(
        tuple(found.symbols),
        tuple(found.versions),
        tuple(found.libraries),
        tuple(map(OtherMachine, others)),
        tuple(checked),
        tuple(skipped),
    )


def is_extension(module: Module) -> bool:
    """Whether a module is an extension module: it has the function that begins an import (PEP 489)."""
    name = module.place.name.partition(".")[0]
    return any(f"{prefix}_{name}" in module.elf.defined for prefix in ("PyInit", "PyModExport"))


def is_imported(module: Module, suffixes: Sequence[str]) -> bool:
    """Whether an ``import`` finds an extension module.

    Some packages have one for each library that could be there (``MPI.mpich.so``, ``MPI.openmpi.so``) and choose.
    """
    name, dot, rest = module.place.name.partition(".")
    return bool(name) and f"{dot}{rest}" in suffixes and is_extension(module)


@dataclass(slots=True)
class _Loads:
    """The scopes that a module is loaded in; ``imported`` if an import leads to one of them."""

    scopes: list[Scope] = field(default_factory=list)
    imported: bool = False


def _loads(modules: Sequence[Module], world: World) -> dict[Path, _Loads]:
    loads = {module.place: _Loads() for module in modules}
    for module in modules:
        if is_imported(module, world.interpreter.suffixes):
            scope = world.scope(module)
            for each in scope.modules:
                if each.place in loads:
                    loads[each.place].scopes.append(scope)
                    loads[each.place].imported = True
    for module in modules:
        if not loads[module.place].scopes:
            loads[module.place].scopes.append(world.scope(module))
    return loads


def _check(module: Module, load: _Loads, own: set[Path], world: World, found: _Found) -> None:
    scopes = load.scopes
    found.libraries += _libraries(module, load, world)
    lacking = [each for each in _lacking(module, scopes, world) if not _is_private(each)]
    versions = _versions(module, load, world, lacking)
    found.versions += versions
    told = {need.version for each in versions for need in each.needs}
    lacking = [reference for reference in lacking if reference.version not in told]
    missing = {each.name for scope in scopes for each in scope.missing}
    if lacking and all(map(is_of_the_machine, missing)):
        found.symbols += _symbols(module, load, lacking, own, world, complete=not missing)


def _lacking(module: Module, scopes: Iterable[Scope], world: World) -> list[Reference]:
    """The references that no scope satisfies, nor any other library of the packages that take part."""
    lacking: Sequence[Reference] = module.elf.undefined
    for scope in scopes:
        lacking = unresolved(lacking, (*world.base.modules, *scope.modules))
    if not lacking:
        return []
    rest = {reference.name for reference in lacking}
    for scope in scopes:
        for neighbour in world.neighbours(scope):
            rest -= neighbour.elf.defined.keys()
    return [reference for reference in lacking if reference.name in rest]


def _is_private(reference: Reference) -> bool:
    return reference.version is not None and reference.version.endswith("_PRIVATE")


def _versions(module: Module, load: _Loads, world: World, lacking: Sequence[Reference]) -> list[LackingVersions]:
    grouped: dict[Path, tuple[Module, list[VersionNeed]]] = {}
    for need, library in missing_versions(module.elf, (world.base, *load.scopes)):
        grouped.setdefault(library.place, (library, []))[1].append(need)
    return [
        LackingVersions(module, library, tuple(needs), _wanting(lacking, needs), required=load.imported)
        for library, needs in grouped.values()
    ]


def _wanting(lacking: Sequence[Reference], needs: Sequence[VersionNeed]) -> tuple[str, ...]:
    versions = {need.version for need in needs}
    return tuple(reference.name for reference in lacking if reference.version in versions)


def _symbols(
    module: Module, load: _Loads, lacking: Sequence[Reference], own: set[Path], world: World, *, complete: bool
) -> list[LackingSymbols]:
    around = {each.place: each for scope in (world.base, *load.scopes) for each in scope.modules}
    libraries = [each for place, each in around.items() if place not in own]
    # A driver that is not there could define C functions that are named like those of the toolkit.
    cautious = libraries if complete else [each for each in world.base.modules if each.place not in own]
    grouped: dict[Path | None, tuple[Module | None, list[str]]] = {}
    for reference in lacking:
        candidates = libraries if reference.name.startswith("_Z") else cautious
        home = _home(reference, candidates, load)
        grouped.setdefault(home.place if home else None, (home, []))[1].append(reference.name)
    if not load.imported or not complete:
        grouped.pop(None, None)
    return [LackingSymbols(module, home, tuple(symbols)) for home, symbols in grouped.values()]


def _home(reference: Reference, candidates: Sequence[Module], load: _Loads) -> Module | None:
    if reference.library is not None:
        return next((each for scope in load.scopes for each in scope.named(reference.library)), None)
    return home_of(reference.name, candidates)


def _libraries(module: Module, load: _Loads, world: World) -> list[LackingLibrary]:
    missing: dict[str, Scope] = {}
    for scope in load.scopes:
        missing |= {each.name: scope for each in scope.missing if each.needed_by == module.place}
    return [_library(module, name, scope, load, world) for name, scope in missing.items()]


def _library(module: Module, name: str, scope: Scope, load: _Loads, world: World) -> LackingLibrary:
    if is_of_the_machine(name):
        return LackingLibrary(module, name, required=False)
    borrowed = {place.name: place for place in scope.borrowed if place.name in module.elf.needed}
    # Libraries of the system have versions in their names; those that packages share among themselves have not.
    if borrowed and name.endswith(".so"):
        return LackingLibrary(module, name, bringer=min(borrowed.values()))
    instead = _other_version(name, world) if load.imported else None
    return LackingLibrary(module, name, instead=instead, required=instead is not None)


def _other_version(name: str, world: World) -> Path | None:
    wanted = library_name(name)
    if wanted is None or not wanted.version:
        return None
    if wanted.stem.startswith("libpython3") and wanted.stem != f"libpython{world.interpreter.version}":
        return world.interpreter.executable
    here = [*(world.prefix / "lib").glob(f"{_escaped(wanted.stem)}.so.*")]
    here += [place for each, places in world.packaged.items() if each.startswith(wanted.stem) for place in places]
    for place in sorted(here):
        found = library_name(place.name)
        if found is not None and found.stem == wanted.stem and not found.bundled and found.version:
            return place
    return None


def _escaped(text: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", text)
