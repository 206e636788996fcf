"""The documents of ``env export``, ``env pack`` and web pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.cli.documents.export import EnvExport, EnvPack
    from interlock.cli.documents.shared import Page
    from interlock.project.exporting import ExportOutcome
    from interlock.project.packing import PackOutcome


def export_document(format_name: str, outcome: ExportOutcome, path: Path | None, *, changed: bool) -> EnvExport:
    """What was exported, and the file that was written, or else the text."""
    return {
        "format": format_name,
        "environments": [{"name": name, "platform": platform} for name, platform in outcome.targets],
        **text_document(outcome.text, path, changed=changed),
    }


def text_document(text: str, path: Path | None, *, changed: bool) -> Page:
    """The file that was written, or else the text; a web page is such a text as well."""
    return {"file": None if path is None else str(path), "changed": changed, "text": text if path is None else None}


def pack_document(environment: str, outcome: PackOutcome) -> EnvPack:
    """The archive that was written; ``size`` is in bytes."""
    return {
        "environment": environment,
        "file": str(outcome.path),
        "size": outcome.size,
        "files": outcome.files,
        "sha256": outcome.sha256,
    }
