"""``[tool.uv.sources]``: where requirements of ``[project]`` come from instead of the default index."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName

from interlock.manifest import codes
from interlock.manifest.markers import none_of
from interlock.manifest.report import nearest
from interlock.manifest.requirements import Parsed, Source, read_direct_source, read_marker, read_name

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
    for key in ("workspace", "extra", "group"):
        if entry.raw(key) not in (None, False):
            entry.error(
                codes.UNSUPPORTED,
                f"the source of {package!r} uses {key!r}, which Interlock does not support",
                key,
                fix='name the member\'s directory: { path = "…", editable = true }' if key == "workspace" else "",
            )
            entry.ignore(*entry.data)
            return None
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
        return Source(url=direct.url, editable=direct.editable, marker=marker)
    if index is None:
        if not any(key in entry for key in ("git", "path", "url", "index")):
            entry.error(codes.MISSING_KEY, f"the source of {package!r} needs one of git, path, url and index")
        return None
    if index not in indexes:
        guess = nearest(index, indexes)
        fix = f"did you mean {guess!r}?" if guess else f'declare it: [[tool.uv.index]] with name = "{index}"'
        entry.error(codes.WRONG_VALUE, f"there is no index named {index!r}", "index", fix=fix)
        return None
    return Source(index=index, marker=marker)


def sourced(parsed: Parsed, sources: Sources, where: Location | None) -> list[Requirement]:
    """What one requirement becomes: one for each source, and one for where no source's marker holds."""
    entries = sources.get(parsed.name, ()) if parsed.url is None else ()
    if not entries:
        return [Source().applied(parsed, where)]
    found = [source.applied(parsed, where) for source in entries]
    markers = [source.marker for source in entries]
    conditions = [marker for marker in markers if marker]
    if len(conditions) == len(markers):
        found.append(Source(marker=none_of(conditions)).applied(parsed, where))
    return found
