"""Which library should define a missing symbol: the one that defines the most related symbols.

For C++ that is the library with the same function in another signature, else with the same class or namespace; for C
the one whose functions mostly begin like it (``cublas…``, ``Py…``). Without related symbols, no library is blamed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from interlock.audit.elf import ElfFile
    from interlock.audit.world import Module

Names = tuple[str, ...]

# Itanium C++ ABI, 5.1: special names, then a nested name with qualifiers or a plain one.
_MANGLED = re.compile(r"_Z(?:T[VTISWH]|GV|GR|T[hv]n?\d+_(?:n?\d+_)?)?(?:N[rVK]*[RO]?)?(?:L)?")
_LENGTH = re.compile(r"\d+")
_STEM = re.compile(r"_*([A-Z]+(?![a-z])|[A-Z]?[a-z]+)")
# What the compiler makes of the standard library is everywhere, and what is not comes with a version.
_EVERYWHERE = frozenset({"std", "__gnu_cxx", "__cxxabiv1"})
_SHORTEST_STEM = 2
_FEWEST_IN_NAMESPACE = 3
_FEWEST_OF_STEM, _SHARE_OF_STEM = 5, 0.3


def owner_of(symbol: str, modules: Sequence[Module]) -> Module | None:
    """The module that should define a symbol, judged by what it defines; ``None`` if that cannot be said."""
    return _cpp_owner(qualified_name(symbol), modules) if symbol.startswith("_Z") else _c_owner(symbol, modules)


def qualified_name(mangled: str) -> Names:
    """The names in front of a mangled symbol, outermost first; template arguments and parameters end them.

    ``_ZN3c104cuda10getDeviceEv`` is ``c10``, ``cuda``, ``getDevice``.
    """
    return _names(mangled)[0]


def namesakes(mangled: str, elf: ElfFile) -> list[str]:
    """What a file defines under the same qualified name: the same function with other parameters, before or since."""
    names, end = _names(mangled)
    return sorted(symbol for symbol in elf.defined if symbol.startswith(mangled[:end])) if names else []


def _names(mangled: str) -> tuple[Names, int]:
    """The names, and where they end."""
    start = _MANGLED.match(mangled)
    if start is None:
        return (), 0
    names, at = [], start.end()
    if mangled.startswith("St", at):
        names, at = ["std"], at + 2
    while (length := _LENGTH.match(mangled, at)) is not None:
        end = length.end() + int(length[0])
        names.append(mangled[length.end() : end])
        at = end
    return tuple(names), at


def _cpp_owner(names: Names, modules: Sequence[Module]) -> Module | None:
    if not names or names[0] in _EVERYWHERE:
        return None
    for depth in range(len(names), 0, -1):
        fewest = _FEWEST_IN_NAMESPACE if depth == 1 and len(names) > 1 else 1
        counts = [(_namespaces(module.elf).get(names[:depth], 0), module) for module in modules]
        number, module = max(counts, key=lambda each: each[0], default=(0, None))
        if number >= fewest:
            return module
    return None


def _c_owner(symbol: str, modules: Sequence[Module]) -> Module | None:
    stem = _stem(symbol)
    if len(stem) < _SHORTEST_STEM:
        return None
    counts = []
    for module in modules:
        stems = _stems(module.elf)
        number = stems.get(stem, 0)
        if number >= max(_FEWEST_OF_STEM, _SHARE_OF_STEM * sum(stems.values())):
            counts.append((number, module))
    return max(counts, key=lambda each: each[0], default=(0, None))[1]


def _stem(symbol: str) -> str:
    found = _STEM.match(symbol)
    return found[1] if found else ""


@lru_cache(maxsize=64)
def _namespaces(elf: ElfFile) -> Mapping[Names, int]:
    """How many symbols the file itself defines in each namespace and class, and of each name.

    Weak ones are left out: those are inline functions and templates, which every user of a header has too.
    """
    counts: Counter[Names] = Counter()
    for symbol in _own_symbols(elf):
        if symbol.startswith("_Z"):
            names = qualified_name(symbol)
            counts.update(names[:depth] for depth in range(1, len(names) + 1))
    return counts


@lru_cache(maxsize=64)
def _stems(elf: ElfFile) -> Mapping[str, int]:
    return Counter(_stem(symbol) for symbol in _own_symbols(elf) if not symbol.startswith("_Z"))


def _own_symbols(elf: ElfFile) -> Iterator[str]:
    return (symbol for symbol in elf.defined if symbol not in elf.weak)
