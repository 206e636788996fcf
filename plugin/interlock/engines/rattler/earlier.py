"""What a solve may keep of an earlier solution: the solver itself would take any record that it gets from there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from interlock.core.findings import titled
from interlock.core.urls import without_credentials
from interlock.engines.rattler.absent import available
from interlock.engines.rattler.convert import to_rattler, to_rattler_channels
from interlock.engines.rattler.errors import translated
from interlock.engines.rattler.limits import admission, has_limits
from interlock.engines.rattler.runtime import gateway, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rattler import Channel, MatchSpec, RepoDataRecord, Subdir

    from interlock_hooks.types import CondaRequest


def kept_records(
    request: CondaRequest, channels: Sequence[Channel], platforms: Sequence[Subdir], specs: Sequence[MatchSpec]
) -> list[RepoDataRecord]:
    """The preferred records of a request that its channels, their priority and its time limits admit.

    Raises :class:`InterlockError` as the solver does.
    """
    earlier = _Earlier(request, list(channels), list(platforms))
    listed = earlier.of_named_channels(earlier.of_channels(to_rattler(request.preferred)), specs)
    return earlier.old_enough(earlier.of_first_channels(listed, specs))


class _Earlier:
    def __init__(self, request: CondaRequest, channels: list[Channel], platforms: list[Subdir]) -> None:
        self._request = request
        self._channels = channels
        self._platforms = platforms
        self._order = {without_credentials(channel.base_url): place for place, channel in enumerate(channels)}

    def of_channels(self, records: Iterable[RepoDataRecord]) -> list[RepoDataRecord]:
        """The records whose channel is still one of the request's."""
        return [record for record in records if _address(record) in self._order]

    def of_named_channels(self, records: Iterable[RepoDataRecord], specs: Sequence[MatchSpec]) -> list[RepoDataRecord]:
        """The records without those of packages that a spec takes from another channel."""
        named: dict[str, set[str]] = {}
        for spec in specs:
            if spec.name is not None and spec.channel is not None:
                named.setdefault(spec.name.normalized, set()).add(without_credentials(spec.channel.base_url))
        return [record for record in records if named.get(record.name.normalized, set()) <= {_address(record)}]

    def of_first_channels(self, records: Sequence[RepoDataRecord], specs: Sequence[MatchSpec]) -> list[RepoDataRecord]:
        """The records of the first channel that has the package; of all channels, without strict priority."""
        placed = {str(spec.name.normalized) for spec in specs if spec.name is not None and spec.channel is not None}
        lower = {
            record.name.normalized
            for record in records
            if self._order[_address(record)] > 0 and record.name.normalized not in placed
        }
        if not lower or self._request.channel_priority != "strict":
            return list(records)
        first: dict[str, int] = {}
        for found in self._listed(lower, self._channels[:-1]):
            place = self._order[_address(found)]
            first[found.name.normalized] = min(place, first.get(found.name.normalized, place))
        return [
            record
            for record in records
            if self._order[_address(record)] <= first.get(record.name.normalized, len(self._channels))
            or record.name.normalized not in lower
        ]

    def old_enough(self, records: Sequence[RepoDataRecord]) -> list[RepoDataRecord]:
        """The records that the time limits admit."""
        if not records or not has_limits(self._request):
            return list(records)
        is_admitted = admission(self._request)
        # A channel knows when it got a package, a lock only knows when it was made.
        names = {record.name.normalized for record in records}
        listed = {without_credentials(found.url): found for found in self._listed(names, self._channels)}
        return [record for record in records if is_admitted(listed.get(without_credentials(record.url), record))]

    def _listed(self, names: Iterable[str], channels: list[Channel]) -> list[RepoDataRecord]:
        with translated(f"{titled(self._request.environment)} on {self._request.platform}"):
            found = run(
                gateway(channels).query(
                    available(channels, self._platforms),
                    self._platforms,
                    sorted(names),
                    recursive=False,
                    channel_relations="disabled",
                )
            )
        return [record for records in found for record in records]


def _address(record: RepoDataRecord) -> str:
    """The address of a record's channel; a lock has it without credentials."""
    return _base_url(record.channel or "")


@cache
def _base_url(channel: str) -> str:
    return without_credentials(to_rattler_channels([channel])[0].base_url) if channel else ""
