"""Where a page goes: to a file, or to stdout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.project.exporting import write_export

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.cli.output import Output
    from interlock_hooks.types import Finding


def write_page(page: str, target: str, output: Output, findings: Sequence[Finding] = ()) -> int:
    """Write a page to the file ``target`` and say so; ``-`` prints it, with ``--json`` as text of the document.

    Returns the exit code. Raises :class:`InterlockError` (IL647) where the file cannot be written.
    """
    path = None if target == "-" else Path(target)
    changed = path is not None and write_export(path, page)
    text = page if path is None else None
    output.document({"file": None if path is None else str(path), "changed": changed, "text": text}, findings=findings)
    if path is not None:
        output.line(f"wrote {path}" if changed else f"{path} is up to date")
    elif not output.json:
        output.script(page)
    return 0
