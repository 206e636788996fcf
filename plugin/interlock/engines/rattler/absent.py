"""Subdirs that channels do not have, such as ``linux-64`` where all packages are ``noarch``.

rattler keeps no memory of what a server does not have, and would miss it while the network is switched off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from rattler import Channel, Subdir
from rattler.exceptions import GatewayError

from interlock.core.files import write_atomic
from interlock.core.offline import is_offline
from interlock.core.urls import is_remote
from interlock.engines.rattler.caches import subdir_marker, subdir_url
from interlock.engines.rattler.runtime import gateway, run
from interlock.engines.rattler.silence import SilentServerError

if TYPE_CHECKING:
    from pathlib import Path

    from rattler import PackageName, RepoDataRecord
    from rattler.repo_data.source import RepoDataSource

Source: TypeAlias = "Channel | RepoDataSource"
_NOARCH = "noarch"


def remember_absent(channels: Iterable[Channel], platforms: Sequence[Subdir], used: Sequence[RepoDataRecord]) -> None:
    """After a solve that read these channels: remember which of their subdirs have nothing at all.

    A subdir of which something was ``used`` need not be looked at.
    """
    if is_offline():
        return
    for channel, subdir in _places(channels, platforms):
        place, marker = subdir_url(channel.base_url, str(subdir)), _marker(channel, subdir)
        # Without it, the network is needed once more, and nothing worse.
        with suppress(OSError, GatewayError, SilentServerError):
            if any(record.url.startswith(place) for record in used) or run(_names(channel, subdir)):
                marker.unlink(missing_ok=True)
            elif not marker.exists():
                write_atomic(marker, place)


def absent(channel: Channel, subdir: Subdir) -> bool:
    """Whether it is remembered that a channel does not have a subdir."""
    return _marker(channel, subdir).exists()


def available(sources: Sequence[Source], platforms: Sequence[Subdir]) -> list[Source]:
    """The sources as they can be asked: with the network switched off, channels not for what they do not have."""
    if not is_offline():
        return list(sources)
    channels = [source for source in sources if isinstance(source, Channel)]
    lacking = {channel.base_url for channel, subdir in _places(channels, platforms) if absent(channel, subdir)}
    return [
        WithoutSubdirs(each, platforms) if isinstance(each, Channel) and each.base_url in lacking else each
        for each in sources
    ]


class WithoutSubdirs:
    """A source of repodata: a channel without the subdirs that it does not have."""

    def __init__(self, channel: Channel, platforms: Sequence[Subdir]) -> None:
        self._channel = channel
        self._names = {
            str(subdir): [] if absent(channel, subdir) else run(_names(channel, subdir)) for subdir in platforms
        }

    async def fetch_package_records(self, platform: Subdir, name: PackageName) -> list[RepoDataRecord]:
        """The records of one package in a subdir."""
        if name.normalized not in self.package_names(platform):
            return []
        # Both are rattler's own objects here, which it does not take back.
        asked = gateway([self._channel])
        found = await asked.query(
            [self._channel], [Subdir(str(platform))], [name.normalized], recursive=False, channel_relations="disabled"
        )
        return [record for records in found for record in records]

    def package_names(self, platform: Subdir) -> list[str]:
        """The packages that a subdir has."""
        return self._names.get(str(platform), [])


def _places(channels: Iterable[Channel], platforms: Sequence[Subdir]) -> list[tuple[Channel, Subdir]]:
    """The subdirs of channels on servers that need not be there."""
    remote = (channel for channel in channels if is_remote(channel.base_url))
    return [(channel, subdir) for channel in remote for subdir in platforms if str(subdir) != _NOARCH]


async def _names(channel: Channel, subdir: Subdir) -> list[str]:
    found = await gateway([channel]).names([channel], [subdir], channel_relations="disabled")
    return [name.normalized for name in found]


def _marker(channel: Channel, subdir: Subdir) -> Path:
    return subdir_marker("absent", channel.base_url, str(subdir))
