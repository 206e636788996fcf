"""With the network switched off: what is cached of channels and maps of names, before anything is solved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from interlock.core.channels import channel_address, channels_of
from interlock.core.findings import not_cached
from interlock.core.offline import is_offline
from interlock.core.urls import is_remote, redacted
from interlock.pipeline.findings import from_caches
from interlock.solve.names import absent_maps
from interlock_hooks.types import FindingReported, InterlockError

if TYPE_CHECKING:
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import EnvironmentRequest


def require_indexed(requests: Sequence[EnvironmentRequest], plugins: Plugins) -> None:
    """Raise :class:`InterlockError` (IL650) for channels and name maps that no cache has; say if caches are used."""
    if not is_offline():
        return
    from interlock.engines.rattler.asked import last_asked
    from interlock.engines.rattler.uncached import not_indexed

    places = dict.fromkeys((channels_of(request), request.platform) for request in requests)
    indexes = [lack for channels, platform in places for lack in not_indexed(channels, platform)]
    if missing := [*indexes, *(lack for request in requests for lack in absent_maps(request))]:
        raise InterlockError(not_cached(missing))
    remote: dict[str, datetime | None] = {}
    for channel, platform in ((channel_address(channel), platform) for names, platform in places for channel in names):
        if is_remote(channel):
            known, asked = remote.get(redacted(channel)), last_asked(channel, platform)
            remote[redacted(channel)] = min(filter(None, (known, asked)), default=None)
    if remote or any(map(_asks_an_index, requests)):
        plugins.event(FindingReported(finding=from_caches(remote, datetime.now(timezone.utc))))


def _asks_an_index(request: EnvironmentRequest) -> bool:
    """Whether a request could ask a package index on a server, PyPI by default."""
    indexes, places = request.pypi.indexes, request.pypi.find_links
    servers = not any(index.default for index in indexes) or any(is_remote(each.url) for each in indexes)
    return bool(request.requirements) and ((servers and not request.pypi.no_index) or any(map(is_remote, places)))
