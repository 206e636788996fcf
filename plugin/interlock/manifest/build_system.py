"""``[build-system] requires`` of a local source tree, from where ``[tool.uv.sources]`` say, as uv has it.

The sources are those of the tree itself, and for the members of a workspace those of its root as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.toml import read_tables, value_at
from interlock.manifest.dialects.uv_origins import read_indexes_and_sources
from interlock.manifest.dialects.uv_sources import sourced
from interlock.manifest.dialects.uv_workspace import MANIFEST, workspace_of
from interlock.manifest.document import Document
from interlock.manifest.refused import RefusedRequirement
from interlock.manifest.report import Report
from interlock.manifest.requirements import parse
from interlock.manifest.table import Table
from interlock_hooks.types.build import BuildRequirement
from interlock_hooks.types.findings import InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.requirements import Source

_ORIGIN = "backend"


def declared_requirements(tree: Path, requires: Sequence[str]) -> tuple[BuildRequirement, ...]:
    """What the build system of the source tree in ``tree`` requires, each from its source.

    Raises :class:`InterlockError` if a source cannot be read (as the manifest's own) or cannot be had (IL120).
    """
    sources: dict[NormalizedName, tuple[Source, ...]] = {}
    for folder in _folders(tree):
        sources |= _sources(folder, {parse(text).name for text in requires})
    return tuple(entry for text in requires for entry in _from_sources(text, sources))


def _folders(tree: Path) -> list[Path]:
    """Where the sources of a tree are, those that count more last."""
    root = workspace_of(tree)
    return [tree] if root in (None, tree) else [root, tree]


def _sources(folder: Path, names: Collection[NormalizedName]) -> dict[NormalizedName, tuple[Source, ...]]:
    """The sources of the project in a folder, if it has some of these packages; what else it says is not looked at."""
    if not any(canonicalize_name(name) in names for name in _named(folder)):
        return {}
    report = Report()
    uv = Table.of(Document.read(folder / MANIFEST), report).table("tool", "uv")
    if uv is None:
        return {}
    indexes, sources = read_indexes_and_sources(uv)
    # A source that cannot be had is an error where something comes from it.
    report.raise_errors([source.refusal for listed in sources.values() for source in listed if source.refusal])
    # The names of indexes are those of this file.
    urls = {index.name: index.url for index in indexes}
    return {name: tuple(_by_url(source, urls) for source in listed) for name, listed in sources.items()}


def _named(folder: Path) -> Iterable[str]:
    """The packages that the sources of a project name."""
    sources = value_at(read_tables(folder / MANIFEST), ("tool", "uv", "sources"))
    return sources if isinstance(sources, dict) else ()


def _by_url(source: Source, urls: Mapping[str | None, str]) -> Source:
    return replace(source, index=urls[source.index]) if source.index else source


def _from_sources(text: str, sources: Mapping[NormalizedName, tuple[Source, ...]]) -> Iterator[BuildRequirement]:
    parsed = parse(text)
    if parsed.name not in sources:
        yield BuildRequirement(requirement=text, origin=_ORIGIN)
        return
    for found in sourced(parsed, sources, None):
        if isinstance(found, RefusedRequirement):
            raise InterlockError(found.finding)
        yield BuildRequirement(requirement=found.text, index=found.index, origin=_ORIGIN)
