"""Solving a conda request with rattler's solver."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from rattler import Channel, ChannelPriority, MatchSpec, PackageRecord, RepoDataRecord, Subdir
from rattler import solve as rattler_solve
from rattler.exceptions import SolverError

from interlock.core.findings import titled
from interlock.engines.rattler.absent import available, remember_absent
from interlock.engines.rattler.alternatives import alternatives_channel, is_alternative, spelled_out
from interlock.engines.rattler.asked import remember_asked
from interlock.engines.rattler.candidates import package_names, query
from interlock.engines.rattler.contents import check_names
from interlock.engines.rattler.convert import (
    from_rattler,
    to_rattler_channels,
    to_rattler_platforms,
    to_rattler_spec,
    to_rattler_virtual,
)
from interlock.engines.rattler.earlier import kept_records
from interlock.engines.rattler.errors import translated
from interlock.engines.rattler.limits import OldEnough, has_own_limits, limited_sources, read_cutoff
from interlock.engines.rattler.matching import spec_admits
from interlock.engines.rattler.runtime import gateway, run
from interlock.engines.rattler.uncached import all_of_it
from interlock_hooks.types import CondaRecord, CondaRequest, CondaSolution, Finding, InterlockError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

_PRIORITIES = {
    "strict": ChannelPriority.Strict,
    "flexible": ChannelPriority.Flexible,
    "disabled": ChannelPriority.Disabled,
}


def solve(request: CondaRequest) -> CondaSolution:
    """Solve a request; its records come dependencies first, in an order that depends on nothing else.

    Channels are names (of the public host) or URLs; one that only a spec names (``channel::package``) counts as the
    last of them. A channel that refers to others is not followed: what is used is what the manifest lists.

    Raises :class:`InterlockError`: IL201 for a spec, IL202 for a channel name, IL203 to IL206 for a channel that
    cannot be used, IL210 when nothing fits, IL212 to IL214 for a virtual package, platform or cutoff, IL503 for a
    record whose texts lead out of the cache.
    """
    if request.alternatives:
        return _with_alternatives(request)
    specs = [to_rattler_spec(spec) for spec in request.specs]
    constraints = [to_rattler_spec(spec) for spec in request.constraints]
    sources = to_rattler_channels(request.channels)
    _add_spec_channels(sources, specs)
    platforms = to_rattler_platforms(request.platform)
    cutoff = None if request.exclude_newer is None else read_cutoff(request.exclude_newer)
    preferred = kept_records(request, sources, platforms, specs)
    names = [spec.name.normalized for spec in specs if spec.name is not None]
    try:
        with all_of_it(sources, platforms, names, recursive=True):
            if has_own_limits(request):
                admitted = limited_sources(request, sources, platforms, specs)
                records = _solve(request, specs, constraints, admitted, preferred, platforms, None)
            else:
                records = _solve(request, specs, constraints, sources, preferred, platforms, cutoff)
        remember_absent(sources, platforms, records)
        remember_asked([source.base_url for source in sources], request.platform)
    except SolverError as error:
        raise _refused(error, request) from error
    chosen = tuple(from_rattler(record) for record in PackageRecord.sort_topologically(list(records)))
    check_names(chosen)
    return CondaSolution(
        platform=request.platform,
        records=chosen,
        virtual_packages=request.virtual_packages,
        channels=request.channels,
    )


def _with_alternatives(request: CondaRequest) -> CondaSolution:
    with alternatives_channel(request.alternatives) as (channel, specs):
        plain = replace(request, alternatives=(), channels=(*request.channels, channel), specs=(*specs, *request.specs))
        try:
            solution = solve(plain)
        except InterlockError as error:
            raise InterlockError(*(_spelled_out(finding, request) for finding in error.findings)) from error
    records = tuple(record for record in solution.records if not is_alternative(record.name))
    return replace(solution, records=records, channels=request.channels)


def _spelled_out(finding: Finding, request: CondaRequest) -> Finding:
    groups = request.alternatives
    details = tuple(spelled_out(line, groups) for line in finding.details)
    return replace(finding, why=spelled_out(finding.why, groups), details=details)


def _solve(
    request: CondaRequest,
    specs: list[MatchSpec],
    constraints: list[MatchSpec],
    sources: Sequence[Channel | OldEnough],
    preferred: list[RepoDataRecord],
    platforms: list[Subdir],
    cutoff: datetime | timedelta | None,
) -> list[RepoDataRecord]:
    virtual = to_rattler_virtual(request.virtual_packages)
    try:
        addresses = [source.base_url for source in sources if isinstance(source, Channel)]
        with translated(f"{titled(request.environment)} on {request.platform}", addresses=addresses):
            return run(
                rattler_solve(
                    available(sources, platforms),
                    specs,
                    gateway=gateway([source for source in sources if isinstance(source, Channel)]),
                    platforms=platforms,
                    locked_packages=preferred,
                    virtual_packages=virtual,
                    channel_priority=_PRIORITIES[request.channel_priority],
                    exclude_newer=cutoff,
                    # Records without a time stamp are from years ago.
                    timestamp_policy="allow-missing",
                    strategy=request.strategy,
                    constraints=constraints,
                    channel_relations="disabled",
                )
            )
    except InterlockError as error:
        # The solver's own refusal is explained by the caller, who can ask the channels what there is.
        if isinstance(error.__cause__, SolverError):
            raise error.__cause__ from None
        raise


def _add_spec_channels(sources: list[Channel], specs: list[MatchSpec]) -> None:
    known = {source.base_url for source in sources}
    for spec in specs:
        channel = spec.channel
        if channel is not None and channel.base_url not in known:
            sources.append(channel)
            known.add(channel.base_url)


def _refused(error: SolverError, request: CondaRequest) -> InterlockError:
    """The solver's refusal, explained by what the channels have."""
    from interlock.engines.rattler.unsolvable import Market, unsolvable

    def versions(name: str) -> list[str]:
        records = query(request.channels, request.platform, [name])
        return list(dict.fromkeys(record.version for record in records))

    def too_new(name: str, wanted: str) -> bool:
        if not has_own_limits(request):
            return False
        found = query(request.channels, request.platform, [name])
        return any(_admits(f"{name} {wanted}", record) for record in found)

    names = partial(package_names, request.channels, request.platform)
    market = Market(versions=versions, names=names, too_new=too_new)
    return InterlockError(unsolvable(str(error), request, market))


def _admits(spec: str, record: CondaRecord) -> bool:
    number = record.build_number
    return bool(spec_admits(spec, name=record.name, version=record.version, build=record.build, build_number=number))
