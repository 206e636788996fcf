"""Conda packages that are built from sources: before a solve, which finds them in a channel, and before an install."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.builds.recipes.errors import NotHereError
from interlock.builds.recipes.findings import built_again, changed, not_as_locked, other_packages, other_platform
from interlock.core.channels import channels_of
from interlock.core.platforms import current_platform
from interlock.core.recipes import may_be_noarch, sources_of, with_digest
from interlock.core.urls import local_path, shown
from interlock.pipeline.steps import place_of, stage
from interlock_hooks.types import UNLIMITED, InterlockError

if TYPE_CHECKING:
    from interlock.builds.recipes.build import BuiltChannel, RecipeBuilder
    from interlock.core.layout import Layout
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import (
        CondaRecord,
        CondaSource,
        CondaSpec,
        EnvironmentRequest,
        Finding,
        LockedEnvironment,
        Solve,
    )


def with_built_sources(solve: Solve, plugins: Plugins, layout: Layout) -> Solve:
    """The solve with each source in a channel of its own that has the packages that are built from it.

    These channels come first, and what the manifest asks of a source is only taken from its channel. Raises
    :class:`InterlockError` as :meth:`~interlock.builds.recipes.build.RecipeBuilder.built` does, and IL492 for a recipe
    that makes packages of other names.
    """
    sources = sources_of(solve.request.conda_specs)
    if not sources:
        return solve
    require_buildable_here(solve)
    builder = _builder(solve.request, plugins, layout)
    built: dict[CondaSource, BuiltChannel] = {}
    names, target = ", ".join(spec.name for spec in sources.values()), place_of(solve.request)
    with plugins.builds.turns.of(solve), stage(plugins, "recipes", names, target=target) as done:
        for source, spec in sources.items():
            built[source] = builder.built(source, spec.where)
        done(_told(built))
    for source, spec in sources.items():
        _check_name(built[source], spec)
    return replace(
        solve,
        request=_from_channels(solve.request, built),
        members=tuple(_from_channels(member, built) for member in solve.members),
    )


def with_packages_here(
    locked: LockedEnvironment, request: EnvironmentRequest, plugins: Plugins, layout: Layout
) -> tuple[LockedEnvironment, tuple[Finding, ...]]:
    """What is locked, with the packages that were built from sources as this machine has them.

    Where it does not have them they are built again: from the same source, which is what identifies them; their
    archives have other hashes. Raises :class:`InterlockError` like :func:`with_built_sources`, IL494 for a source that
    is not the locked one, and IL495 for a build that gives something else.
    """
    made = [(record, record.built_from) for record in locked.conda.records if record.built_from]
    if all(_is_here(record) for record, _ in made):
        return locked, ()
    builder = _builder(request, plugins, layout)
    here: dict[CondaRecord, CondaRecord] = {}
    notes: list[Finding] = []
    with stage(plugins, "recipes", ", ".join(record.name for record, _ in made)) as done:
        built: dict[CondaSource, BuiltChannel] = {}
        for record, origin in made:
            source = replace(origin, digest=None)
            if with_digest(source) != origin:
                raise InterlockError(changed(source, record))
            if source not in built:
                built[source] = builder.built(source)
            here[record] = found = _same_package(record, built[source], request.platform)
            if built[source].fresh and found.sha256 != record.sha256:
                notes.append(built_again(record, source))
        done(_told(built))
    records = tuple(here.get(record, record) for record in locked.conda.records)
    return replace(locked, conda=replace(locked.conda, records=records)), tuple(notes)


def require_buildable_here(solve: Solve) -> None:
    """Raise :class:`NotHereError` (IL493) if this machine cannot build what a solve for another platform contains.

    That is all that shows without a build: a recipe that makes ``noarch`` packages may still make others.
    """
    if solve.request.platform == current_platform():
        return
    for source, spec in sources_of(solve.request.conda_specs).items():
        if not may_be_noarch(source):
            why = "its recipe does not make `noarch` packages"
            raise NotHereError(other_platform(source, spec.where, solve.target, current_platform(), why))


def _builder(request: EnvironmentRequest, plugins: Plugins, layout: Layout) -> RecipeBuilder:
    # Imported here: most environments have nothing to build.
    from interlock.builds.recipes.build import RecipeBuilder
    from interlock.builds.recipes.channel import OwnChannel

    own = OwnChannel(layout.own_channel, layout.root)
    return RecipeBuilder(request, own, layout.logs, plugins.event)


def _from_channels(request: EnvironmentRequest, built: dict[CondaSource, BuiltChannel]) -> EnvironmentRequest:
    used = [built[source] for source in sources_of(request.conda_specs)]
    # They are as new as their source, whatever limit others have.
    unlimited = tuple((each.url, UNLIMITED) for each in used) if request.conda_exclude_newer else ()
    return replace(
        request,
        channels=(*dict.fromkeys(each.url for each in used), *channels_of(request)),
        conda_specs=tuple(_from_channel(spec, built) for spec in request.conda_specs),
        conda_exclude_newer_channel=(*request.conda_exclude_newer_channel, *unlimited),
    )


def _from_channel(spec: CondaSpec, built: dict[CondaSource, BuiltChannel]) -> CondaSpec:
    if spec.built_from is None:
        return spec
    found = built[spec.built_from]
    return replace(spec, spec=f"{found.url}::{spec.spec}", built_from=found.source)


def _check_name(built: BuiltChannel, spec: CondaSpec) -> None:
    if spec.name not in built.names:
        raise InterlockError(other_packages(built.source, spec.where, spec.name, built.names))


def _is_here(record: CondaRecord) -> bool:
    """Whether the archive of a record is the one that this machine has."""
    from interlock.core.files import is_file, sha256_of

    path = local_path(record.url)
    return is_file(path) and sha256_of(path) == record.sha256


def _same_package(record: CondaRecord, built: BuiltChannel, platform: str) -> CondaRecord:
    """The package of a channel that a locked record stands for. Raises :class:`InterlockError` (IL495)."""
    from interlock.engines.rattler.candidates import query

    offered = query([built.url], platform, [record.name])
    same = next((each for each in offered if (each.version, each.build) == (record.version, record.build)), None)
    if same is None or same.depends != record.depends:
        made = [f"{each.version} {each.build}" for each in offered]
        differences = [] if same is None else [f"{', '.join(same.depends)} in place of {', '.join(record.depends)}"]
        raise InterlockError(not_as_locked(built.source, record, made, differences))
    return replace(same, built_from=record.built_from)


def _told(built: dict[CondaSource, BuiltChannel]) -> str:
    rows = [f"{shown(each.source.url)}{'' if each.fresh else ' (built before)'}" for each in built.values()]
    return ", ".join(rows)
