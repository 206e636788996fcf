"""The modules that an import loads, and the libraries loaded with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.audit.world import Module, Scope, World


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
class Load:
    """The scopes that a module is loaded in; ``imported`` if an import leads to one of them."""

    scopes: list[Scope] = field(default_factory=list)
    imported: bool = False


def loads_of(modules: Sequence[Module], world: World) -> dict[Path, Load]:
    """How each module is loaded: with the extension modules that need it, else by itself."""
    loads = {module.place: Load() for module in modules}
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
