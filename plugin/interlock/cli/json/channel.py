"""The document of ``channel build``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlock.channel import ChannelReport
    from interlock.cli.documents.others import ChannelBuild


def build_document(report: ChannelReport) -> ChannelBuild:
    """The packages that were made, and those that were there."""
    return {"channel": report.url, "built": list(report.built), "kept": list(report.skipped)}
