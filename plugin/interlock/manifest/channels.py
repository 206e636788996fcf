"""conda channels as a manifest names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.urls import check_address, redacted
from interlock.manifest import codes
from interlock.manifest.urls import channel_url, is_url

if TYPE_CHECKING:
    from interlock.manifest.table import Table


def read_channel(table: Table, text: str, *keys: str | int) -> str | None:
    """A channel's name or URL, a path as ``file:`` URL; reports IL105 if nothing can be fetched from it."""
    try:
        if is_url(text):
            check_address(text)
    except ValueError as error:
        table.error(codes.WRONG_VALUE, f"{redacted(text)!r} is not the address of a channel", *keys, why=str(error))
        return None
    return channel_url(text, table.root)
