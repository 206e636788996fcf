"""Builds of recipes that cannot do without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.channels import channel_address
from interlock.core.findings import not_cached
from interlock.core.offline import is_offline
from interlock.core.recipes import folder_of
from interlock.core.urls import is_remote, redacted
from interlock_hooks.types import InterlockError, Missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock_hooks.types import CondaSource


def require_reachable(source: CondaSource, channels: Sequence[str]) -> None:
    """Raise :class:`InterlockError` (IL650) if the network is switched off and a build takes packages from a server.

    rattler-build has no way to do with what is cached of a channel.
    """
    remote = [redacted(address) for address in map(channel_address, channels) if is_remote(address)]
    if remote and is_offline():
        name = folder_of(source).name
        raise InterlockError(not_cached([Missing(kind="repodata", name=each, needed_by=name) for each in remote]))
