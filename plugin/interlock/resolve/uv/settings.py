"""uv's settings for one resolution: where packages come from, which kinds are allowed, what their metadata is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement as Pep508

from interlock.core.urls import scheme_of
from interlock.engines.uv_settings import index_entry, source_settings
from interlock.resolve.uv.offers import offered_metadata
from interlock_hooks.types import Index, Metadata

if TYPE_CHECKING:
    from interlock_hooks.types import NameSelection, PyPIRequest, Requirement, ScopedOverride


def uv_settings(request: PyPIRequest) -> dict[str, Any]:
    """The content of a ``uv.toml`` that says what the request's options and metadata say."""
    options = request.options
    settings = source_settings(options, all_indexes(request), request.root)
    choices = {"resolution": options.resolution, "prerelease": options.prerelease}
    settings |= {key: value for key, value in choices.items() if value is not None}
    if options.prerelease_package:
        settings["prerelease-package"] = dict(options.prerelease_package)
    settings |= _selection("no-build", options.no_build) | _selection("no-binary", options.no_binary)
    if scoped := scoped_overrides(request):
        settings["override-dependencies"] = [_override_entry(each) for each in scoped]
    metadata = [_metadata_entry(entry) for entry in (*effective_metadata(request), *offered_metadata(request))]
    return settings | ({"dependency-metadata": metadata} if metadata else {})


def all_indexes(request: PyPIRequest) -> list[Index]:
    """The indexes of the request, all with a name; one that only a requirement gives by URL is explicit."""
    indexes = list(request.options.indexes)
    known = {index.url for index in indexes}
    for requirement in request.requirements:
        if requirement.index and scheme_of(requirement.index) and requirement.index not in known:
            indexes.append(Index(url=requirement.index, explicit=True))
            known.add(requirement.index)
    return [
        index if index.name is not None else replace(index, name=f"interlock-{number}")
        for number, index in enumerate(indexes, start=1)
    ]


def named_indexes(request: PyPIRequest) -> list[dict[str, Any]]:
    """The indexes as uv's ``[[index]]`` tables."""
    return [index_entry(index, request.root) for index in all_indexes(request)]


def pinned_index(requirement: Requirement, request: PyPIRequest) -> Index | None:
    """The index that a requirement names, by its name or its URL; ``None`` if it names none or an unknown one."""
    if requirement.index is None:
        return None
    return next((index for index in all_indexes(request) if requirement.index in (index.name, index.url)), None)


def effective_metadata(request: PyPIRequest) -> list[Metadata]:
    """The metadata to resolve with: one entry for each name and version, what the manifest declares first.

    A direct reference can only have one entry, which must have a version. So what the manifest declares for every
    version of it takes the version that its backend gave.
    """
    provided = {entry.name for entry in request.provided}
    provided |= {offer.name for offer in request.offered if not offer.or_index}
    offered = {(entry.name, entry.version) for entry in offered_metadata(request)}
    direct = {requirement.name for requirement in request.requirements if Pep508(requirement.text).url is not None}
    chosen: dict[tuple[str, str | None], Metadata] = {}
    ordered = sorted(request.metadata, key=lambda entry: entry.origin != "manifest")
    for entry in ordered:
        known = entry.name in provided or (entry.name, entry.version) in offered
        if entry.origin not in ("assumed", "conda") and not known:
            chosen.setdefault((entry.name, entry.version), entry)
    for name in sorted(direct):
        declared = chosen.get((name, None))
        versions = [key for key in chosen if key[0] == name and key[1] is not None]
        if declared is not None and versions:
            del chosen[name, None]
            for key in versions:
                chosen[key] = replace(declared, version=key[1])
    return list(chosen.values())


def scoped_overrides(request: PyPIRequest) -> tuple[ScopedOverride, ...]:
    """The overrides for single packages; what conda supplies requires what conda says."""
    conda = {entry.name for entry in request.provided} | {offer.name for offer in request.offered}
    return tuple(each for each in request.scoped_overrides if each.package not in conda)


def _override_entry(override: ScopedOverride) -> dict[str, Any]:
    package = {"name": override.package} | ({"version": override.version} if override.version else {})
    return {"package": package, "dependencies": list(override.requirements)}


def _selection(option: str, selection: NameSelection) -> dict[str, Any]:
    entries: dict[str, Any] = {option: True} if selection.everything else {}
    if selection.names:
        entries[f"{option}-package"] = sorted(selection.names)
    return entries


def _metadata_entry(metadata: Metadata) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": metadata.name, "requires-dist": list(metadata.requires_dist)}
    if metadata.version is not None:
        entry["version"] = metadata.version
    if metadata.requires_python is not None:
        entry["requires-python"] = metadata.requires_python
    if metadata.provides_extra:
        entry["provides-extra"] = list(metadata.provides_extra)
    return entry
