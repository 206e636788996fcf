"""What conda's caches lack while the network is switched off: all of it, where rattler says what it misses first."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rattler.exceptions import GatewayError
from rattler.package_cache import PackageCache

from interlock.core.codes import NOT_CACHED
from interlock.core.findings import not_cached
from interlock.core.urls import redacted
from interlock.engines.rattler.absent import absent, available
from interlock.engines.rattler.caches import shared_cache_dir
from interlock.engines.rattler.convert import to_rattler, to_rattler_channels, to_rattler_platforms
from interlock.engines.rattler.errors import finding_of
from interlock.engines.rattler.runtime import gateway, run
from interlock_hooks.types import InterlockError, Missing

if TYPE_CHECKING:
    from rattler import Channel, Subdir
    from rattler.package_cache import CacheIndex

    from interlock.engines.rattler.absent import Source
    from interlock_hooks.types import CondaRecord

_NAME = re.compile(r"[\w.-]+")


def not_unpacked(records: Sequence[CondaRecord]) -> list[Missing]:
    """The packages that would have to be downloaded: no folder of the cache has them with the hash that they have."""
    remote = [record for record in records if not record.url.startswith("file:")]
    if not remote:
        return []
    folder = shared_cache_dir() / "pkgs"
    index = run(_index(PackageCache(folder))) if folder.is_dir() else None
    return [
        Missing(
            kind="conda-package",
            name=record.name,
            version=record.version,
            build=record.build,
            url=redacted(record.url),
        )
        for record, wanted in zip(remote, to_rattler(remote), strict=True)
        if index is None or not index.contains_record(wanted)
    ]


async def _index(cache: PackageCache) -> CacheIndex:
    return await cache.index()


def not_indexed(channels: Iterable[str], platform: str) -> list[Missing]:
    """The subdirs of which the cache has no repodata. Raises :class:`InterlockError` like the solver."""
    places = [
        (channel, subdir) for channel in to_rattler_channels(channels) for subdir in to_rattler_platforms(platform)
    ]
    known = ((channel, subdir) for channel, subdir in places if not absent(channel, subdir))
    return [lack for channel, subdir in known if (lack := run(_lack(channel, subdir))) is not None]


async def _lack(channel: Channel, subdir: Subdir) -> Missing | None:
    try:
        await gateway([channel]).names([channel], [subdir], channel_relations="disabled")
    except GatewayError as error:
        return _only_missing(error)
    return None


@contextmanager
def all_of_it(
    channels: Sequence[Channel], platforms: Sequence[Subdir], names: Iterable[str], *, recursive: bool
) -> Iterator[None]:
    """Let an error that names one package without repodata name all those that ``names`` lead to, as far as is known.

    That is about channels with an index of their own for each package (CEP 16).
    """
    try:
        yield
    except InterlockError as error:
        if error.findings[0].code != NOT_CACHED:
            raise
        sources = available(channels, platforms)
        found = run(_lacks(list(channels), sources, list(platforms), set(names), recursive))
        raise (InterlockError(not_cached(found)) if found else error) from error


async def _lacks(
    channels: list[Channel],
    sources: list[Source],
    platforms: list[Subdir],
    names: set[str],
    recursive: bool,
) -> list[Missing]:
    asked = gateway(channels)
    seen: set[str] = set()
    found: dict[Missing, None] = {}

    async def records(name: str) -> list[str]:
        try:
            lists = await asked.query(sources, platforms, [name], recursive=False, channel_relations="disabled")
        except GatewayError as error:
            found[_only_missing(error)] = None
            return []
        return [text for each in lists for record in each for text in record.depends]

    while names:
        seen |= names
        depends = await asyncio.gather(*map(records, sorted(names)))
        needed = {match[0] for texts in depends for text in texts if (match := _NAME.match(text))}
        names = needed - seen if recursive else set()
    return sorted(found, key=lambda lack: lack.name)


def _only_missing(error: GatewayError) -> Missing:
    """What an error says is missing. Raises :class:`InterlockError` if it says something else."""
    finding = finding_of(error)
    if not finding.missing:
        raise InterlockError(finding) from error
    return finding.missing[0]
