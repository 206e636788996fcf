"""The ranges of the dependencies that a manifest lists: where each is written, and writing another one there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.core.toml import value_at
from interlock.manifest.dialects.pip_requirements import PipLine
from interlock.manifest.editing.clauses import Clauses, read_clauses
from interlock.manifest.editing.conda_yml import CondaYml
from interlock.manifest.editing.dialects import Dialect, name_in
from interlock.manifest.editing.toml_file import TomlFile
from interlock.manifest.editing.uv_sources import SOURCES

if TYPE_CHECKING:
    from interlock.manifest.editing.dialects import Entry
    from interlock.manifest.editing.manifest_text import ManifestText
    from interlock.manifest.positions import Key

# After the name and the extras of a requirement or the name of a match spec: its range, before a marker or a comment.
_RANGE = re.compile(
    r"(?P<head>\s*(?:\[[^\]]*\])?\s*\(?\s*)(?P<range>[^;\[\]()@#]*?)(?P<tail>\s*\)?\s*(?:[;#].*)?)\Z", re.DOTALL
)
# The keys of sources, and what is said of a package that has one.
_SOURCES = {
    "git": "it comes from a git repository",
    "path": "it comes from a path",
    "url": "it comes from a URL",
    "workspace": "the workspace says what it is",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranged:
    """A dependency with its range, which stands at ``path`` between ``head`` and ``tail``."""

    entry: Entry
    path: Key
    clauses: Clauses
    head: str = ""
    tail: str = ""

    def text(self, new: str) -> str:
        """The value with another range."""
        return f"{self.head}{new}{self.tail}" if self.head or self.tail else new or "*"


def range_of(manifest: ManifestText, entry: Entry) -> Ranged | str:
    """The range of an entry, or why it has none that can be written anew."""
    if entry.text is not None:
        return _in_text(manifest, entry, entry.text)
    value = value_at(manifest.data, entry.path)
    if isinstance(value, Mapping):
        source = next((key for key in _SOURCES if key in value), None)
        if source is not None:
            return _SOURCES[source]
        if {"build", "build-number"} & value.keys():
            return "it names a build"
        path, value = (*entry.path, "version"), value.get("version", "*")
    else:
        path = entry.path
    clauses = read_clauses(entry.ecosystem, value)
    return f"{value!r} is not a list of bounds" if clauses is None else Ranged(entry=entry, path=path, clauses=clauses)


def with_ranges(manifest: ManifestText, changes: Iterable[tuple[Ranged, str]]) -> ManifestText:
    """The manifest with other ranges; everything else stays as it is written."""
    for ranged, new in changes:
        if ranged.entry.file:
            file = manifest.list_at(ranged.entry.file).with_line(int(ranged.path[-1]), ranged.text(new))
            manifest = manifest.with_list(file)
            continue
        if manifest.dialect is Dialect.CONDA:
            text = CondaYml(manifest.text, manifest.document.root).with_item(ranged.path, ranged.text(new)).text
        else:
            text = TomlFile(manifest.text).with_value(ranged.path, ranged.text(new)).text
        manifest = replace(manifest, text=text)
    return manifest


def _in_text(manifest: ManifestText, entry: Entry, text: str) -> Ranged | str:
    source = _uv_source(manifest, entry)
    if source is not None:
        return _SOURCES[source]
    is_pip = manifest.dialect is Dialect.CONDA and entry.ecosystem == "pypi"
    line = PipLine.of(text) if is_pip else PipLine(text, "", "")
    said, rest = line.requirement, line.options + line.comment
    if "@ " in said or "://" in said.partition(";")[0]:
        return _SOURCES["url"]
    name = name_in(said)
    if entry.ecosystem == "pypi" and canonicalize_name(name) != entry.name:
        return _SOURCES["path"]
    if "--hash" in line.options:
        return "it has the hash of one version"
    start = said.index(name) + len(name)
    found = _RANGE.match(said, start)
    if found is None or (entry.ecosystem == "conda" and ("[" in said or re.search(r"=[^=,<>!~]+=", said))):
        return f"{text!r} says more than bounds"
    clauses = read_clauses(entry.ecosystem, found["range"])
    if clauses is None:
        return f"{found['range']!r} is not a list of bounds"
    head, tail = said[:start] + found["head"], found["tail"] + rest
    return Ranged(entry=entry, path=entry.path, clauses=clauses, head=head, tail=tail)


def _uv_source(manifest: ManifestText, entry: Entry) -> str | None:
    """The key of uv's source of a package, if that is not an index."""
    if entry.ecosystem != "pypi" or manifest.dialect is Dialect.CONDA:
        return None
    sources = TomlFile(manifest.text).get(SOURCES)
    for name, said in sources.items() if isinstance(sources, dict) else ():
        if canonicalize_name(name) == entry.name:
            several = said if isinstance(said, list) else [said]
            return next((key for one in several for key in _SOURCES if key in one), None)
    return None
