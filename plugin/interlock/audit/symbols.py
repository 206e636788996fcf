"""Lookup of symbols in a scope, with versions, as the dynamic linker does it (and glibc's rules for versions)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlock.audit.elf import ElfFile, Reference, VersionNeed
    from interlock.audit.world import Module, Scope


def unresolved(references: Iterable[Reference], modules: Sequence[Module]) -> list[Reference]:
    """The references that none of the modules satisfies."""
    return [each for each in references if not any(satisfies(module.elf, each) for module in modules)]


def satisfies(elf: ElfFile, reference: Reference) -> bool:
    """Whether a file defines what a reference asks for."""
    versions = elf.defined.get(reference.name)
    if versions is None:
        return elf.opaque
    # A library without any versions satisfies every version, and a reference without one takes what there is.
    return reference.version is None or reference.version in versions or not elf.versions


def missing_versions(elf: ElfFile, scopes: Sequence[Scope]) -> list[tuple[VersionNeed, Module]]:
    """The versions that a file needs of a library which is there, but offers only others."""
    missing = []
    for need in elf.version_needs:
        present = [module for each in scopes for module in each.named(need.library)]
        # Of a library without versions the dynamic linker only complains.
        lacking = [module for module in present if module.elf.versions and need.version not in module.elf.versions]
        if present and len(lacking) == len(present) and not need.weak:
            missing.append((need, lacking[0]))
    return missing
