"""Whether a wheel keeps what its tags promise (platform compatibility tags; PEP 600 for manylinux)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from packaging.tags import Tag, parse_tag

from interlock.audit.versions import Release, newest
from interlock.core.tags import glibc_of, interpreter_tags
from interlock_hooks.types import PythonTarget

if TYPE_CHECKING:
    from interlock.audit.world import Module
    from interlock.engines.python.interpreter import Interpreter

_PYTHON = re.compile(r"cp3([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Unstable:
    """Symbols of an extension module that are not in the stable ABI of the version that it claims to work from."""

    module: Module
    minor: int
    symbols: tuple[str, ...]


def parse_tags(texts: Iterable[str]) -> frozenset[Tag]:
    """The tags of a wheel's file name or of the lines of its ``WHEEL`` file; what is not a tag is passed over."""
    return frozenset(tag for text in texts for tag in _parsed(text))


def _parsed(text: str) -> Iterable[Tag]:
    try:
        return parse_tag(text)
    except ValueError:
        return ()


def promised_glibc(tags: Collection[Tag]) -> Release | None:
    """The oldest glibc that a wheel's platform tags promise to work with."""
    return min((found for tag in tags if (found := glibc_of(tag.platform)) is not None), default=None)


def needed_glibc(modules: Iterable[Module]) -> tuple[Release, Module] | None:
    """The newest glibc that any of the modules needs, and that module."""
    needs = ((newest((need.version for need in m.elf.version_needs if not need.weak), "GLIBC"), m) for m in modules)
    return max(((number, module) for number, module in needs if number), key=lambda each: each[0], default=None)


def is_for_every_platform(tags: Collection[Tag]) -> bool:
    """Whether the tags say that a wheel holds nothing that is compiled."""
    return bool(tags) and all(tag.platform == "any" for tag in tags)


def is_for(tags: Collection[Tag], interpreter: Interpreter) -> bool:
    """Whether an interpreter can import what a wheel with these tags holds, whatever the platform."""
    version, kind = interpreter.markers["python_full_version"], interpreter.markers["implementation_name"]
    python = PythonTarget(version=version, platform="", free_threaded=interpreter.free_threaded)
    known = interpreter_tags(python)
    return kind != "cpython" or any((tag.interpreter, tag.abi) in known for tag in tags)


def unstable_symbols(
    module: Module, tags: Collection[Tag], running_minor: int, is_pythons: Callable[[str], bool]
) -> Unstable | None:
    """What an extension module uses beyond the stable ABI (PEP 384), if it or its wheel claims to use only that.

    ``is_pythons`` tells whether a symbol is the interpreter's, as not all are that are named so.
    """
    claimed = [int(found[1]) for tag in tags if tag.abi == "abi3" and (found := _PYTHON.fullmatch(tag.interpreter))]
    by_name = module.place.name.endswith(".abi3.so")
    if not by_name and not (claimed and module.place.name.count(".") == 1):
        return None
    # A file name says nothing of the version from which on it works; it works with this one.
    minor = min(claimed, default=running_minor)
    stable = _stable()
    symbols = (each.name for each in module.elf.undefined if each.name.startswith(("Py", "_Py")))
    beyond = tuple(name for name in symbols if stable.get(name, minor + 1) > minor and is_pythons(name))
    return Unstable(module, minor, beyond) if beyond else None


@cache
def _stable() -> dict[str, int]:
    """The symbols of the stable ABI, and the minor version from which on they are in it."""
    # Imported here: it is large, and few wheels claim to use only the stable ABI.
    from abi3info import DATAS, FUNCTIONS

    return {symbol.name: entry.added.minor for table in (FUNCTIONS, DATAS) for symbol, entry in table.items()}


def platforms(tags: Sequence[Tag] | Collection[Tag]) -> str:
    """The platform tags as text."""
    return ", ".join(sorted({tag.platform for tag in tags}))
