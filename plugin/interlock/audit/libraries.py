"""Needed libraries that are missing: what the environment has instead, and whether that is a mismatch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.audit.lacking import LackingLibrary
from interlock.audit.names import is_of_the_machine, library_name

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.audit.loads import Load
    from interlock.audit.world import Module, Scope, World


def lacking_libraries(module: Module, load: Load, world: World) -> list[LackingLibrary]:
    """The libraries that a module needs and that are not found; certain ones are ``required``."""
    missing: dict[str, Scope] = {}
    for scope in load.scopes:
        missing |= {each.name: scope for each in scope.missing if each.needed_by == module.place}
    return [_library(module, name, scope, load, world) for name, scope in missing.items()]


def without_optional(
    lacking: Sequence[LackingLibrary], modules: Sequence[Module], loads: Mapping[Path, Load]
) -> list[LackingLibrary]:
    """The same, with what is lacking for optional parts not ``required``.

    What no import loads, but the package itself when it likes to, is optional if other modules of the same wheel, which
    need the same package, can be loaded: torchao has kernels for CUDA that it does without. If none of them can, the
    wheel was made for another build.
    """
    hopeless = {each.module.place for each in lacking if each.bringer is not None}
    others = any(module.place not in hopeless and _borrows(module, loads[module.place]) for module in modules)
    return [
        replace(each, required=False) if each.bringer and others and not each.imported else each for each in lacking
    ]


def _borrows(module: Module, load: Load) -> bool:
    """Whether a module needs libraries that only the import of another package brings."""
    return any(place.name in module.elf.needed for scope in load.scopes for place in scope.borrowed)


def _library(module: Module, name: str, scope: Scope, load: Load, world: World) -> LackingLibrary:
    if is_of_the_machine(name):
        return LackingLibrary(module, name, required=False)
    borrowed = {place.name: place for place in scope.borrowed if place.name in module.elf.needed}
    # Libraries of the system have versions in their names; those that packages share among themselves have not.
    if borrowed and name.endswith(".so"):
        return LackingLibrary(module, name, bringer=min(borrowed.values()), imported=load.imported)
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
