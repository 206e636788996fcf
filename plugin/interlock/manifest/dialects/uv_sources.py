"""``[tool.uv.sources]``: where requirements of the project and of builds come from instead of the default index."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.pep508 import NAME
from interlock.core.shapes import texts_in
from interlock.core.urls import file_path
from interlock.manifest import codes
from interlock.manifest.dialects.uv_workspace import is_virtual, member_source, virtual_refusal
from interlock.manifest.markers import none_of
from interlock.manifest.report import nearest
from interlock.manifest.requirements import Parsed, Scope, Source, parse, read_direct_source, read_marker, read_name

if TYPE_CHECKING:
    from interlock.manifest.table import Table
    from interlock_hooks.types.build import BuildOptions, BuildRequirement, PackageBuildOptions
    from interlock_hooks.types.findings import Location
    from interlock_hooks.types.requirements import Index, Requirement

Sources = Mapping[NormalizedName, tuple[Source, ...]]

# Where the requirements are that sources count for.
_REQUIREMENTS = (
    *(("project", "dependencies"), ("project", "optional-dependencies"), ("dependency-groups",)),
    *(("tool", "uv", "dev-dependencies"), ("tool", "uv", "extra-build-dependencies"), ("build-system", "requires")),
)


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
    direct = member_source(entry, package) if entry.raw("workspace") else _packaged(entry, read_direct_source(entry))
    index = entry.string("index")
    text = entry.string("marker")
    marker = read_marker(entry, text, "marker") if text else None
    if marker and none_of([marker]) is None:
        # Where it does not hold, the package would come from nowhere.
        entry.error(codes.WRONG_VALUE, f"the opposite of the marker {text!r} cannot be expressed", "marker")
    entry.close()
    if direct:
        return replace(direct, marker=marker, scope=scope)
    if index is None:
        kinds = ("git", "path", "url", "index", "workspace")
        if not any(key in entry for key in kinds):
            what = f"the source of {package!r} needs one of git, path, url, index and workspace"
            entry.error(codes.MISSING_KEY, what, absent=[(*entry.path, key) for key in kinds])
        return None
    if index not in indexes:
        guess = nearest(index, indexes)
        fix = f"did you mean {guess!r}?" if guess else f'declare it: [[tool.uv.index]] with name = "{index}"'
        absent = [("tool", "uv", "index")]
        entry.error(codes.WRONG_VALUE, f"there is no index named {index!r}", "index", fix=fix, absent=absent)
        return None
    return Source(index=index, marker=marker, scope=scope)


def _packaged(entry: Table, source: Source | None) -> Source | None:
    """A source, refused if it is a directory that uv does not install, but only what it requires."""
    said = entry.boolean("package")
    folder = file_path(source.url) if source and source.url else None
    if source is None or source.refusal or folder is None or said is True:
        return source
    if said is False or is_virtual(folder):
        return replace(source, refusal=virtual_refusal(entry, "path" if said is None else "package"))
    return source


def _scope(entry: Table) -> Scope | None:
    extra, group = entry.string("extra"), entry.string("group")
    if extra and group:
        entry.error(codes.CONFLICT, "a source is for an extra or for a group, not for both", "group")
    if extra:
        return "extra", canonicalize_name(extra)
    return ("group", canonicalize_name(group)) if group else None


def with_sources(options: PackageBuildOptions, sources: Sources) -> PackageBuildOptions:
    """Build options whose requirements come from where uv's sources say, as those of the project do."""
    return replace(
        options, requirements=tuple(found for each in options.requirements for found in _built(each, sources))
    )


def directed(listed: Iterable[Parsed], sources: Sources) -> Iterator[Parsed]:
    """Constraints or overrides, of which those with a direct source name that, as uv has it.

    They have no place for an index: a source that names one leaves them as they are.
    """
    for parsed in listed:
        if any(source.url and source.scope is None for source in sources.get(parsed.name, ())):
            yield from (parse(found.text) for found in sourced(parsed, sources, None))
        else:
            yield parsed


def build_names(*builds: BuildOptions) -> set[NormalizedName]:
    """The packages that builds ask for by the manifest."""
    options = (options for build in builds for options in build.packages)
    return {parse(entry.requirement).name for each in options for entry in each.requirements}


def names_of_build_system(document: Mapping[str, Any]) -> set[NormalizedName]:
    """The packages that the manifest's own project is built with, as far as they can be read."""
    table = document.get("build-system")
    texts = texts_in(table.get("requires")) if isinstance(table, dict) else ()
    found = (re.match(NAME, text.strip()) for text in texts)
    return {canonicalize_name(name[0]) for name in found if name}


def warn_of_unused(table: Table, sources: Sources, used: Collection[NormalizedName]) -> None:
    """Warn of each source for a package that is not in ``used``: one that only other packages require keeps its index.

    ``table`` is uv's own.
    """
    declared = table.table("sources")
    for key in declared.entries() if declared else ():
        name = canonicalize_name(key)
        if declared and name in sources and name not in used:
            declared.warning(
                codes.MISPLACED,
                f"the source of {key!r} has no effect: no dependency, extra or group of this file lists {key!r}",
                key,
                why="sources count for the requirements of this file, not for those of other packages",
                fix=f'add "{name}" to [project] dependencies, or remove the source',
                absent=_REQUIREMENTS,
            )


def _built(entry: BuildRequirement, sources: Sources) -> list[BuildRequirement]:
    # What is matched is the environment's artifact, wherever that comes from.
    if entry.match_runtime:
        return [entry]
    found = sourced(parse(entry.requirement), sources, entry.where)
    return [replace(entry, requirement=each.text, index=each.index) for each in found]


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
