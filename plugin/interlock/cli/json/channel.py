"""The document of ``channel build``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interlock.channel import ChannelReport


def build_document(report: ChannelReport) -> dict[str, Any]:
    """The packages that were made, and those that were there."""
    return {"channel": report.url, "built": list(report.built), "kept": list(report.skipped)}
