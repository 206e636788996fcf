"""The versions of a package in channels, without solving."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from interlock.core.once import once
from interlock.engines.rattler.absent import available
from interlock.engines.rattler.convert import from_rattler, to_rattler_channels, to_rattler_platforms
from interlock.engines.rattler.errors import translated
from interlock.engines.rattler.runtime import gateway, run
from interlock.engines.rattler.uncached import all_of_it

if TYPE_CHECKING:
    from rattler import Channel, RepoDataRecord

    from interlock_hooks.types import ChannelPriority, CondaRecord

# To look at every record of a channel with more than that would take longer than all else.
_MANY_PACKAGES = 2000


def query(
    channels: Iterable[str], platform: str, names: Iterable[str], *, channel_priority: ChannelPriority = "strict"
) -> list[CondaRecord]:
    """All records of the named packages that a solve on ``platform`` could choose, newest first for each name.

    With strict priority only the first channel that has a package counts for it, in all its subdirs. Raises
    :class:`InterlockError` like the solver.
    """
    # One list for each subdir, in the order of the channels.
    found = _query(to_rattler_channels(channels), platform, list(names))
    chosen: dict[str, dict[str, list[RepoDataRecord]]] = {}
    for record in (record for records in found for record in records):
        chosen.setdefault(record.name.normalized, {}).setdefault(record.channel, []).append(record)
    return [
        from_rattler(record)
        for name in sorted(chosen)
        for record in sorted(_counting(chosen[name], channel_priority), reverse=True)
    ]


def package_names(channels: Iterable[str], platform: str) -> list[str]:
    """The names of all packages that the channels have for a platform. Raises like :func:`query`."""
    sources = to_rattler_channels(channels)
    platforms = to_rattler_platforms(platform)
    with translated(_named(sources), addresses=[source.base_url for source in sources]):
        found = run(gateway(sources).names(available(sources, platforms), platforms, channel_relations="disabled"))
    return [name.normalized for name in found]


@once
def declared_purls(channel: str, platform: str) -> dict[str, tuple[str, ...]]:
    """The purls in the newest record of each package of a channel that has any; none of one with too many packages.

    Raises like :func:`query`.
    """
    names = package_names([channel], platform)
    if len(names) > _MANY_PACKAGES:
        return {}
    newest: dict[str, RepoDataRecord] = {}
    for record in (record for records in _query(to_rattler_channels([channel]), platform, names) for record in records):
        name = record.name.normalized
        newest[name] = max(newest.get(name, record), record)
    found = ((name, from_rattler(record).purls) for name, record in newest.items())
    return {name: tuple(purls) for name, purls in found if purls}


def _counting(found: dict[str, list[RepoDataRecord]], channel_priority: ChannelPriority) -> list[RepoDataRecord]:
    """The records of one package that count, given those of each channel in order."""
    every = list(found.values())
    return [record for records in (every[:1] if channel_priority == "strict" else every) for record in records]


def _query(sources: list[Channel], platform: str, names: Sequence[str]) -> list[list[RepoDataRecord]]:
    platforms = to_rattler_platforms(platform)
    addresses = [source.base_url for source in sources]
    with (
        all_of_it(sources, platforms, names, recursive=False),
        translated(_named(sources), addresses=addresses),
    ):
        result = run(
            gateway(sources).query(
                available(sources, platforms), platforms, list(names), recursive=False, channel_relations="disabled"
            )
        )
    return [list(records) for records in result]


def _named(sources: list[Channel]) -> str:
    return ", ".join(source.name or source.base_url for source in sources)
