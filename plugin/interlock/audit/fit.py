"""Whether modules fit an environment: the symbols and libraries that they need and it lacks.

The rule is the dynamic linker's. Python opens extension modules with all symbols bound at once, so each reference of a
module, and of the libraries that come with it, must be satisfied by the interpreter or by what is loaded with the
module; else the import fails. Where that cannot be known for certain, nothing is claimed: see :func:`check_fit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from interlock.audit.lacking import Fit, LackingLibrary, LackingSymbols, LackingVersions, OtherMachine
from interlock.audit.libraries import lacking_libraries, without_optional
from interlock.audit.loads import Load, is_extension, loads_of
from interlock.audit.names import is_for_other_python, is_of_the_machine
from interlock.audit.symbol_owner import owner_of
from interlock.audit.symbols import missing_versions, unresolved

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.audit.elf import Reference, VersionNeed
    from interlock.audit.world import Module, Scope, World


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
    loads = loads_of(checked, world)
    for module in checked:
        on_module(module)
        _check(module, loads[module.place], own, world, found)
    return Fit(
        tuple(found.symbols),
        tuple(found.versions),
        tuple(without_optional(found.libraries, checked, loads)),
        tuple(map(OtherMachine, others)),
        tuple(checked),
        tuple(skipped),
    )


def _check(module: Module, load: Load, own: set[Path], world: World, found: _Found) -> None:
    scopes = load.scopes
    found.libraries += lacking_libraries(module, load, world)
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


def _versions(module: Module, load: Load, world: World, lacking: Sequence[Reference]) -> list[LackingVersions]:
    grouped: dict[Path, tuple[Module, list[VersionNeed]]] = {}
    for need, library in missing_versions(module.elf, (world.base, *load.scopes)):
        grouped.setdefault(library.place, (library, []))[1].append(need)
    return [
        LackingVersions(module, library, tuple(needs), _wanting(lacking, needs), imported=load.imported)
        for library, needs in grouped.values()
    ]


def _wanting(lacking: Sequence[Reference], needs: Sequence[VersionNeed]) -> tuple[str, ...]:
    versions = {need.version for need in needs}
    return tuple(reference.name for reference in lacking if reference.version in versions)


def _symbols(
    module: Module, load: Load, lacking: Sequence[Reference], own: set[Path], world: World, *, complete: bool
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
    return [LackingSymbols(module, home, tuple(symbols), load.imported) for home, symbols in grouped.values()]


def _home(reference: Reference, candidates: Sequence[Module], load: Load) -> Module | None:
    if reference.library is not None:
        return next((each for scope in load.scopes for each in scope.named(reference.library)), None)
    return owner_of(reference.name, candidates)
