"""Recipes of conda packages (``recipe.yaml``, CEP 13 and 14): which files belong to one, without running it.

The files of a source are those of its directory, and what the recipe takes from elsewhere by name
(``source: path: ../src``). Only these are copied for a build and only these are in the digest, so that a build cannot
read anything whose change nobody would notice.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interlock.core.files import is_directory, is_file, sha256_of
from interlock.core.sources import source_files, tree_digest
from interlock.core.urls import file_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock_hooks.types import CondaSource, CondaSpec

RECIPES = ("recipe.yaml", "recipe.yml")
_PLACES = ("", "recipe/")


def find_recipe(folder: Path) -> str | None:
    """The path of the recipe below a directory, where pixi looks for one; ``None`` if there is none."""
    names = (f"{place}{name}" for place in _PLACES for name in RECIPES)
    return next((name for name in names if is_file(folder / name)), None)


def folder_of(source: CondaSource) -> Path:
    """The directory of a source."""
    return file_path(source.url) or Path(source.url)


def sources_of(specs: Iterable[CondaSpec]) -> dict[CondaSource, CondaSpec]:
    """The sources among what is asked of conda, each with one spec that is about it."""
    found: dict[CondaSource, CondaSpec] = {}
    for spec in specs:
        if spec.built_from is not None:
            found.setdefault(spec.built_from, spec)
    return found


def source_trees(source: CondaSource) -> tuple[Path, ...]:
    """The directories and files of a source: its directory first, then what its recipe names beside it."""
    folder = folder_of(source)
    recipe = folder / source.recipe
    named = (Path(os.path.normpath(recipe.parent / path)) for path in _local_sources(_content(recipe)))
    return tuple(dict.fromkeys((folder, *named)))


def files_of(source: CondaSource) -> Iterator[tuple[Path, str | None]]:
    """All files of a source, each with what it says if it is a link that counts as one."""
    for tree in source_trees(source):
        if is_directory(tree):
            for file in source_files(str(tree)):
                yield tree / file.name, file.link
        elif is_file(tree):
            yield tree, None


def with_digest(source: CondaSource) -> CondaSource:
    """A source with the ``sha256:…`` of its files, the same on every machine and in every directory."""
    folder, digest = folder_of(source), hashlib.sha256()
    for tree in source_trees(source):
        content = tree_digest(str(tree)) if is_directory(tree) else _file_digest(tree)
        digest.update(os.fsencode(f"{os.path.relpath(tree, folder)}\0{content}\0"))
    return replace(source, digest=f"sha256:{digest.hexdigest()}")


def may_be_noarch(source: CondaSource) -> bool:
    """Whether the text of a recipe has the key ``noarch``, so that a build here may serve other platforms."""
    return any("noarch" in mapping for mapping in _mappings(_content(folder_of(source) / source.recipe)))


def _file_digest(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError:
        return "missing"


def _content(recipe: Path) -> Any:
    """What a recipe says before anything in it is evaluated; nothing if it cannot be read: the build will tell."""
    import yaml

    try:
        return yaml.load(recipe.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return None


def _local_sources(content: Any) -> Iterator[str]:
    """The relative paths below every key ``source``, whatever their conditions; one with ``${{ … }}`` is not known.

    What is not known is not copied, and an absolute path is refused when the recipe is rendered.
    """
    for mapping in _mappings(content):
        for each in _mappings(mapping.get("source")):
            path = each.get("path")
            if isinstance(path, str) and "${{" not in path and "\0" not in path and not Path(path).is_absolute():
                yield path


def _mappings(content: Any) -> Iterator[dict[Any, Any]]:
    """All mappings in a YAML document. Aliases can make it a circle: each is met once."""
    met: set[int] = set()
    left = [content]
    while left:
        value = left.pop()
        if not isinstance(value, (dict, list)) or id(value) in met:
            continue
        met.add(id(value))
        if isinstance(value, dict):
            yield value
        left += value.values() if isinstance(value, dict) else value
