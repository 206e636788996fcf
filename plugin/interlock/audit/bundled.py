"""Libraries that a wheel contains in another version than the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.audit.loads import is_extension
from interlock.audit.names import LibraryName, library_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.audit.world import Module, World


@dataclass(frozen=True, slots=True)
class SecondCopy:
    """A library in a wheel, and the environment's own of another version."""

    module: Module
    copy: LibraryName
    own: LibraryName
    place: Path


def second_copies(modules: Sequence[Module], world: World) -> list[SecondCopy]:
    """The libraries among ``modules`` that conda provides in another version: both may end up in one process."""
    provided = _provided(world.prefix / "lib")
    found = []
    for module in modules:
        copy = None if is_extension(module) else library_name(module.place.name)
        own = provided.get(copy.stem) if copy else None
        if copy and own and _differ(copy.version, own[0].version):
            found.append(SecondCopy(module, copy, *own))
    return found


def _provided(folder: Path) -> dict[str, tuple[LibraryName, Path]]:
    """The libraries of a prefix by stem, each in the complete version that its symbolic links lead to."""
    found: dict[str, tuple[LibraryName, Path]] = {}
    for path in sorted(folder.glob("lib*.so.*")):
        target = Path(os.path.realpath(path))
        name = library_name(target.name)
        if name is not None:
            found[name.stem] = name, path
    return found


def _differ(one: str, other: str) -> bool:
    """Whether versions contradict each other; a shorter one says less, and nothing else."""
    return bool(one and other) and any(a != b for a, b in zip(one.split("."), other.split("."), strict=False))
