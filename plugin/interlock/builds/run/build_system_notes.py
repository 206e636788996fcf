"""What build systems note down: distributions that a build used without importing them, and what CMake fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from interlock.engines.python.distributions import visible_distributions

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

# What build systems leave behind about where they found things, and how they called compilers.
_NOTES = frozenset({"CMakeCache.txt", "build.ninja", "compile_commands.json"})
# CMake's ExternalProject and FetchContent note what they download; with a hash it can only be one content.
_FETCHED = ("*-gitinfo.txt", "*-urlinfo.txt")
_ADDRESS = re.compile(r"^(?:repository|url\(s\))=([a-z+]+://[^\s;]+)$(?!(?:\n.*)*\nhash=\S)", re.MULTILINE)
_PLACE = re.compile(r"(?:site|dist)-packages/([\w.+-]+)(?:/([\w.+-]+))?")


def distributions_named_in(lines: Iterable[str], sites: Sequence[Path]) -> tuple[NormalizedName, ...]:
    """The distributions in ``sites`` whose files the lines name, such as ``-I…/site-packages/torch/include``.

    Where several distributions share a directory, all of them count: too many is only an unneeded build later.
    """
    places = {found for line in lines for found in _PLACE.findall(line)}
    if not places:
        return ()
    owners: dict[tuple[str, ...], set[NormalizedName]] = {}
    for name, distribution in visible_distributions(sites).items():
        for file in distribution.files:
            parts = file.split("/")
            for level in (1, 2):
                owners.setdefault(tuple(parts[:level]), set()).add(name)
    found: set[NormalizedName] = set()
    for first, second in places:
        found |= owners.get((first, second)) or owners.get((first,), set())
    return tuple(sorted(found))


def build_notes(tree: Path) -> Iterator[str]:
    """The lines of what build systems wrote into a tree about where they found things."""
    for path in tree.rglob("*"):
        if path.name in _NOTES and path.is_file():
            with path.open(encoding="utf-8", errors="replace") as file:
                yield from file


def fetched_by_cmake(tree: Path) -> tuple[str, ...]:
    """The addresses that CMake fetched something from, without a hash to check it, in builds below ``tree``."""
    notes = (path.read_text(encoding="utf-8", errors="replace") for name in _FETCHED for path in tree.rglob(name))
    return tuple(dict.fromkeys(address for text in notes for address in _ADDRESS.findall(text)))
