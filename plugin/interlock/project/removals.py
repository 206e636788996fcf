"""Which entries of a manifest are to be removed, and what stays installed all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.core.counting import named
from interlock.manifest.editing.findings import not_listed
from interlock.manifest.model import DEFAULT
from interlock.manifest.report import nearest
from interlock.project.findings.edits import still_installed
from interlock.project.graphs import graph_in
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.lock.model import Lock
    from interlock.manifest.editing.dependency import Ecosystem, Place
    from interlock.manifest.editing.dialects import Entry
    from interlock.manifest.editing.manifest_text import ManifestText
    from interlock_hooks.types import Finding


def entries_to_remove(
    manifest: ManifestText, names: Sequence[str], place: Place, ecosystem: Ecosystem | None
) -> list[Entry]:
    """The entries at a place that have one of the names, in any spelling.

    Raises :class:`InterlockError` (IL133) with the names that have none there, and where these are listed.
    """
    listed, missing, found = manifest.entries, [], []
    for name in names:
        same = [entry for entry in listed if canonicalize_name(entry.name) == canonicalize_name(name)]
        # conda has packages whose names differ in a dash only.
        exact = [entry for entry in same if entry.name == name.lower()] or same
        here = [entry for entry in exact if entry.place == place and ecosystem in (None, entry.ecosystem)]
        found += here
        if not here:
            missing.append(_missing(manifest, name, same))
    if missing:
        raise InterlockError(*missing)
    return list(dict.fromkeys(found))


def listed(manifest: ManifestText, names: Sequence[str]) -> list[Entry]:
    """The entries of these names, wherever they are. Raises :class:`InterlockError` (IL133) for a name without any."""
    wanted = {canonicalize_name(name): name for name in names}
    found = [entry for entry in manifest.entries if canonicalize_name(entry.name) in wanted]
    missing = wanted.keys() - {canonicalize_name(entry.name) for entry in found}
    if missing:
        raise InterlockError(*(_missing(manifest, wanted[name], ()) for name in sorted(missing)))
    return found


def kept(names: Sequence[str], lock: Lock) -> Iterator[Finding]:
    """A note for each environment that still has a package that was removed, with what requires it."""
    for locked in lock.answers:
        graph = graph_in(lock, locked, None)
        for node in graph.nodes.values():
            if node.overlay_of or not node.names & {canonicalize_name(name) for name in names}:
                continue
            edges = [edge for edge in graph.above.get(node.key, ()) if edge.kind == "needs"]
            parents = list(dict.fromkeys(graph.nodes[edge.parent].name for edge in edges if edge.parent in graph.nodes))
            if parents:
                because = f"{named(parents, 3)} {'need' if len(parents) > 1 else 'needs'} it"
                yield still_installed(node.name, f"{locked.name} on {locked.platform}", because)


def _missing(manifest: ManifestText, name: str, elsewhere: Sequence[Entry]) -> Finding:
    near = nearest(name, [entry.name for entry in manifest.entries])
    found = [manifest.where(entry) for entry in elsewhere]
    places = [f"{where.key or where.file} (line {where.line})" for where in found]
    where = found[0] if found else manifest.document.where(())
    return not_listed(name, where, list(dict.fromkeys(places)), near, _options(elsewhere))


def _options(elsewhere: Sequence[Entry]) -> str:
    """The options that name the place of the first entry."""
    if not elsewhere:
        return ""
    entry = elsewhere[0]
    said = ["--pypi"] if entry.ecosystem == "pypi" else []
    said += [f"--feature {entry.place.feature}"] if entry.place.feature != DEFAULT else []
    said += [f"--platform {entry.place.platform}"] if entry.place.platform else []
    return f"`{' '.join(said)}`" if said else "no options"
