"""When channels on servers were last asked what they have: with the network switched off, what is known is of then.

rattler does not tell how old its cache is, and others that share it may have asked later.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from interlock.core.files import write_atomic
from interlock.core.offline import is_offline
from interlock.core.urls import is_remote
from interlock.engines.rattler.caches import subdir_marker

if TYPE_CHECKING:
    from pathlib import Path


def remember_asked(channels: Iterable[str], platform: str) -> None:
    """After a solve for a platform that read these channels: remember that they were asked now."""
    if is_offline():
        return
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    for channel in filter(is_remote, channels):
        with suppress(OSError):  # it is for a message alone
            write_atomic(_marker(channel, platform), now)


def last_asked(channel: str, platform: str) -> datetime | None:
    """When a channel was last asked for a platform, as far as that is known."""
    try:
        moment = datetime.fromisoformat(_marker(channel, platform).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return moment if moment.tzinfo else None


def _marker(channel: str, platform: str) -> Path:
    return subdir_marker("asked", channel, platform)
