"""uv's table of sources: where a package of a list comes from, without a change of what other lists say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from interlock.manifest.document import dotted
from interlock.manifest.editing.findings import no_place
from interlock.manifest.editing.toml_file import TomlFile
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.manifest.editing.dependency import Dependency
    from interlock.manifest.editing.dialects import Entry
    from interlock.manifest.editing.manifest_text import ManifestText
    from interlock.manifest.positions import Key
    from interlock_hooks.types import Finding

SOURCES = ("tool", "uv", "sources")
_SCOPES = {("project", "optional-dependencies"): "extra", ("dependency-groups",): "group"}


def with_source(manifest: ManifestText, path: Key, dependency: Dependency) -> TomlFile:
    """The manifest's text with the source of a dependency that is listed at ``path``.

    A source counts for all lists, unless it names an extra or a group. So it names that of ``path`` if another list
    has the package as well. Raises :class:`InterlockError` (IL132) if the source of the other lists names none: both
    would then count.
    """
    file, new = TomlFile(manifest.text), dict(dependency.source)
    name, scope = canonicalize_name(dependency.name), _scope(path)
    key, old = _sources_of(file, name) or ((*SOURCES, dependency.name), [])
    others = [each for each in old if _said(each) != scope]
    if scope:
        elsewhere = [entry for entry in _in_lists(manifest.entries, name) if entry.path[:-1] != path]
        everywhere = [each for each in others if not _said(each)]
        if new in everywhere:
            return file
        if everywhere and elsewhere:
            raise InterlockError(_for_all(manifest, dependency, key, path, elsewhere))
        others = [each for each in others if each not in everywhere]
        new |= scope if elsewhere or others else {}
    if not file.is_written(key):
        file = file.without(key)
    return file.with_value(key, [*others, new] if others else new, near=[SOURCES])


def without_sources(file: TomlFile, name: str, listed: Iterable[Entry]) -> TomlFile:
    """Without the sources of a package that no list of it needs, and without the table if there are no others."""
    found = _sources_of(file, name)
    if found is None:
        return file
    key, old = found
    scopes = [_scope(entry.path[:-1]) for entry in _in_lists(listed, name)]
    kept = [each for each in old if scopes and (not _said(each) or _said(each) in scopes)]
    if kept == old:
        return file
    file = file.without(key)
    return file.with_value(key, kept[0] if len(kept) == 1 else kept) if kept else file.without_empty(SOURCES)


def _sources_of(file: TomlFile, name: str) -> tuple[Key, list[dict[str, Any]]] | None:
    """Where the sources of a package are, in whatever spelling, and what they are."""
    sources = file.get(SOURCES)
    for key, said in sources.items() if isinstance(sources, dict) else ():
        if canonicalize_name(key) == name:
            return (*SOURCES, key), [dict(each) for each in (said if isinstance(said, list) else [said])]
    return None


def _scope(path: Key) -> dict[str, str]:
    """What a source says that is only for the list at a path."""
    kind = next((kind for table, kind in _SCOPES.items() if path[:-1] == table), None)
    return {kind: str(path[-1])} if kind else {}


def _said(source: Mapping[str, Any]) -> dict[str, str]:
    """For which list a source is; empty for all."""
    return {kind: source[kind] for kind in _SCOPES.values() if kind in source}


def _in_lists(entries: Iterable[Entry], name: str) -> list[Entry]:
    """Those of a package in lists, for which sources count; pixi's tables say their own."""
    return [entry for entry in entries if entry.ecosystem == "pypi" and entry.name == name and entry.text is not None]


def _for_all(manifest: ManifestText, dependency: Dependency, key: Key, path: Key, elsewhere: list[Entry]) -> Finding:
    there = manifest.where(elsewhere[0])
    scoped = all(_scope(entry.path[:-1]) for entry in elsewhere)
    own = ", or write the `extra` or `group` of that list into it" if scoped else ""
    return no_place(
        f"{manifest.path.name} cannot say that {dependency.name!r} comes from there in {dotted(path)} only",
        manifest.document.where(key),
        f"its source in [tool.uv.sources] counts for all lists, and {there.key} (line {there.line}) lists it too",
        f"leave out --feature to change the source for all lists{own}",
    )
