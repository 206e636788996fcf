"""Distributions that a build used without importing them: headers, libraries and CMake files in site-packages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from interlock.build.sites import installed_files

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

# What build systems leave behind about where they found things, and how they called compilers.
_NOTES = frozenset({"CMakeCache.txt", "build.ninja", "compile_commands.json"})
_PLACE = re.compile(r"(?:site|dist)-packages/([\w.+-]+)(?:/([\w.+-]+))?")


def mentioned_distributions(lines: Iterable[str], sites: Sequence[Path]) -> tuple[NormalizedName, ...]:
    """The distributions in ``sites`` whose files the lines name, such as ``-I…/site-packages/torch/include``.

    Where several distributions share a directory, all of them count: too many is only an unneeded build later.
    """
    places = {found for line in lines for found in _PLACE.findall(line)}
    if not places:
        return ()
    owners: dict[tuple[str, ...], set[NormalizedName]] = {}
    for name, files in installed_files(sites):
        for file in files:
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
