"""The document of ``env export``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.project.exporting import ExportOutcome


def export_document(format_name: str, outcome: ExportOutcome, path: Path | None, *, changed: bool) -> dict[str, Any]:
    """What was exported, and the file that was written, or else the text."""
    return {
        "format": format_name,
        "environments": [{"name": name, "platform": platform} for name, platform in outcome.targets],
        "file": None if path is None else str(path),
        "changed": changed,
        "text": outcome.text if path is None else None,
    }
