"""Handing over a text that is the answer of a command: a file, or stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from interlock.cli.output import Output
    from interlock_hooks.types import Finding


def written(text: str, path: Path | None) -> bool:
    """Write a text, if it is to be in a file, and say whether that changed. Raises :class:`InterlockError` (IL647)."""
    if path is None:
        return False
    # Imported here: most runs of a command that can write its answer do not.
    from interlock.project.exporting import write_export

    return write_export(path, text)


def hand_over(text: str, path: Path | None, output: Output, *, changed: bool) -> None:
    """Say what became of the file, or print the text; it is not a message, and --quiet does not silence it."""
    if path is not None:
        output.line(f"wrote {path}" if changed else f"{path} is up to date")
    elif not output.json:
        output.script(text)


def hand_over_page(page: str, html: str, output: Output, *, findings: Sequence[Finding]) -> None:
    """Answer with a web page: in the file that ``--html`` names, or printed for ``-``.

    Raises :class:`InterlockError` as :func:`written` does.
    """
    # Imported here: hardly any run makes a page.
    from pathlib import Path

    from interlock.cli.json.export import text_document

    path = None if html == "-" else Path(html)
    output.findings(findings)
    changed = written(page, path)
    output.document(text_document(page, path, changed=changed), findings=findings)
    hand_over(page, path, output, changed=changed)
