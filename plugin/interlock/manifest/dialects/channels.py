"""The ``channels`` of a workspace or a feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.manifest.channels import read_channel
from interlock.manifest.dialects.exclude_newer import read_own_limit
from interlock.manifest.model import Channel

if TYPE_CHECKING:
    from interlock.manifest.table import Table


def read_channels(table: Table) -> tuple[Channel, ...] | None:
    """The ``channels`` of a workspace or feature; ``None`` if there is no such key."""
    if not table.expect("channels"):
        return None
    found = []
    for index, value in table.elements("channels", "an array of channels"):
        if isinstance(value, dict):
            entry = table.at(value, "channels", index)
            name = entry.required("channel")
            priority = entry.raw("priority")
            if priority is not None and (isinstance(priority, bool) or not isinstance(priority, int)):
                entry.wrong_type("an integer", priority, "priority")
                priority = 0
            limit = read_own_limit(entry)
            entry.close()
            if name and (channel := read_channel(entry, name, "channel")):
                found.append(Channel(channel=channel, priority=priority or 0, exclude_newer=limit))
        elif isinstance(value, str) and value.strip():
            if channel := read_channel(table, value, "channels", index):
                found.append(Channel(channel=channel))
        else:
            table.wrong_type("an array of channel names, URLs or tables", value, "channels", index)
    return tuple(found)
