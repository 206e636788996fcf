"""Time limits of single channels and packages, for a solver that knows one limit for all.

What the channels have is read beforehand, and the solver gets the records that are old enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from interlock.core.findings import titled
from interlock.engines.rattler.absent import available
from interlock.engines.rattler.convert import to_rattler_channels
from interlock.engines.rattler.errors import translated
from interlock.engines.rattler.findings import invalid_cutoff
from interlock.engines.rattler.runtime import gateway, run
from interlock_hooks.types import UNLIMITED, CondaRequest, InterlockError

if TYPE_CHECKING:
    from rattler import Channel, MatchSpec, PackageName, RepoDataRecord, Subdir


def read_cutoff(text: str) -> datetime | timedelta:
    """A time limit. Raises :class:`InterlockError` (IL214)."""
    # Imported here: few requests have a limit.
    from interlock.core.cutoff import parse_cutoff

    try:
        return parse_cutoff(text)
    except ValueError as error:
        raise InterlockError(invalid_cutoff(text, error)) from None


class OldEnough:
    """A source of repodata with those records of a channel that are old enough."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], list[RepoDataRecord]] = defaultdict(list)

    def add(self, record: RepoDataRecord) -> None:
        """Let the solver see a record."""
        self._records[record.subdir, record.name.normalized].append(record)

    async def fetch_package_records(self, platform: Subdir, name: PackageName) -> list[RepoDataRecord]:
        """The records of one package in a subdir."""
        return self._records.get((str(platform), name.normalized), [])

    def package_names(self, platform: Subdir) -> list[str]:
        """The packages that a subdir has."""
        return [name for subdir, name in self._records if subdir == str(platform)]


def limited_sources(
    request: CondaRequest, channels: Sequence[Channel], platforms: Sequence[Subdir], specs: Sequence[MatchSpec]
) -> list[OldEnough]:
    """A source for each channel, in their order, with what ``specs`` lead to and the limits of ``request`` admit.

    Raises :class:`InterlockError` as the solver does.
    """
    is_admitted = admission(request)
    sources = {channel.base_url: OldEnough() for channel in channels}
    with translated(f"{titled(request.environment)} on {request.platform}"):
        found = run(
            gateway(list(channels)).query(
                available(channels, platforms),
                list(platforms),
                list(specs),
                recursive=True,
                channel_relations="disabled",
            )
        )
    for record in (record for records in found for record in records):
        if is_admitted(record):
            sources.setdefault(record.channel or "", OldEnough()).add(record)
    return list(sources.values())


def has_own_limits(request: CondaRequest) -> bool:
    """Whether a channel or a package has a limit of its own."""
    return bool(request.exclude_newer_channel or request.exclude_newer_package)


def has_limits(request: CondaRequest) -> bool:
    """Whether there is any limit."""
    return request.exclude_newer is not None or has_own_limits(request)


def admission(request: CondaRequest) -> Callable[[RepoDataRecord], bool]:
    """Tells of a record whether it is old enough; one without a time stamp is (they are from years ago), as for pixi.

    The limit of a package comes before that of its channel, and this before the general one.
    """
    packages = {name: _moment(text) for name, text in request.exclude_newer_package}
    channels = {to_rattler_channels([name])[0].base_url: _moment(text) for name, text in request.exclude_newer_channel}
    general = _moment(request.exclude_newer or UNLIMITED)

    def is_admitted(record: RepoDataRecord) -> bool:
        name, published = record.name.normalized, record.indexed_timestamp or record.timestamp
        limit = packages[name] if name in packages else channels.get(record.channel or "", general)
        return limit is None or published is None or published <= limit

    return is_admitted


def _moment(text: str) -> datetime | None:
    if text == UNLIMITED:
        return None
    cutoff = read_cutoff(text)
    return cutoff if isinstance(cutoff, datetime) else datetime.now(timezone.utc) - cutoff
