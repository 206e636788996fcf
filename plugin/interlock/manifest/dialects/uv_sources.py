"""``[tool.uv.sources]``: where requirements of ``[project]`` come from instead of the default index."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

from interlock.manifest import codes
from interlock.manifest.dialects.uv_workspace import member_url
from interlock.manifest.markers import none_of
from interlock.manifest.report import nearest
from interlock.manifest.requirements import Parsed, Scope, Source, read_direct_source, read_marker, read_name

if TYPE_CHECKING:
    from interlock.manifest.table import Table
    from interlock_hooks.types.findings import Location
    from interlock_hooks.types.pypi import Index, Requirement

Sources = Mapping[NormalizedName, tuple[Source, ...]]


def read_sources(table: Table, indexes: Collection[Index]) -> dict[NormalizedName, tuple[Source, ...]]:
    """The sources of each package: one, or several that hold under different markers."""
    sources = table.table("sources")
    if sources is None:
        return {}
    names = {index.name for index in indexes if index.name}
    found = {}
    for key in sources.entries():
        name = read_name(sources, key, key)
        value = sources.raw(key)
        entries = [sources.at(value, key)] if isinstance(value, dict) else list(sources.tables(key))
        read = [source for entry in entries if (source := _source(entry, key, names))]
        if name and read:
            found[name] = tuple(read)
    return found


def _source(entry: Table, package: str, indexes: set[str]) -> Source | None:
    scope = _scope(entry)
    if entry.boolean("workspace"):
        editable = entry.boolean("editable")
        url = member_url(entry, package)
        entry.close()
        return Source(url=url, editable=editable is not False, scope=scope) if url else None
    direct = read_direct_source(entry)
    index = entry.string("index")
    text = entry.string("marker")
    marker = read_marker(entry, text, "marker") if text else None
    if marker and none_of([marker]) is None:
        # Where it does not hold, the package would come from nowhere.
        entry.error(codes.WRONG_VALUE, f"the opposite of the marker {text!r} cannot be expressed", "marker")
    entry.ignore("package", "lfs")
    entry.close()
    if direct:
        return Source(url=direct.url, editable=direct.editable, marker=marker, scope=scope)
    if index is None:
        if not any(key in entry for key in ("git", "path", "url", "index")):
            entry.error(codes.MISSING_KEY, f"the source of {package!r} needs one of git, path, url and index")
        return None
    if index not in indexes:
        guess = nearest(index, indexes)
        fix = f"did you mean {guess!r}?" if guess else f'declare it: [[tool.uv.index]] with name = "{index}"'
        entry.error(codes.WRONG_VALUE, f"there is no index named {index!r}", "index", fix=fix)
        return None
    return Source(index=index, marker=marker, scope=scope)


def _scope(entry: Table) -> Scope | None:
    extra, group = entry.string("extra"), entry.string("group")
    if extra and group:
        entry.error(codes.CONFLICT, "a source is for an extra or for a group, not for both", "group")
    if extra:
        return "extra", canonicalize_name(extra)
    return ("group", canonicalize_name(group)) if group else None


def sourced(parsed: Parsed, sources: Sources, where: Location | None, scope: Scope | None = None) -> list[Requirement]:
    """What one requirement becomes: one for each source, and one for where no source's marker holds.

    ``scope`` is the extra or group that lists it, if it is not the project itself.
    """
    entries = [source for source in sources.get(parsed.name, ()) if source.scope in (None, scope)]
    if not entries or parsed.url is not None:
        return [Source().applied(parsed, where)]
    found = [source.applied(parsed, where) for source in entries]
    markers = [source.marker for source in entries]
    conditions = [marker for marker in markers if marker]
    if len(conditions) == len(markers):
        found.append(Source(marker=none_of(conditions)).applied(parsed, where))
    return found
