"""What recipes are built for: ``build-variants`` and ``build-variants-files`` of pixi's workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.manifest import codes
from interlock.manifest.document import read_text
from interlock.manifest.model import EVERYWHERE, Variants
from interlock.manifest.urls import absolute
from interlock_hooks.types.findings import InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.table import Table

_VALUES, _FILES = "build-variants", "build-variants-files"


def read_variants(workspace: Table) -> Variants:
    """Read both, and what is for some platforms only; a file that cannot be read is reported."""
    values = {EVERYWHERE: _values(workspace)}
    for selector, target in workspace.children("target"):
        values[selector] = _values(target)
        target.close()
    named = [(number, absolute(text, workspace.root)) for number, text in workspace.numbered_strings(_FILES)]
    contents = [(path.name, _text(workspace, number, path)) for number, path in named]
    return Variants(
        values={selector: table for selector, table in values.items() if table},
        files=tuple((name, text) for name, text in contents if text is not None),
        paths=tuple(path for _, path in named),
    )


def _text(workspace: Table, number: int, path: Path) -> str | None:
    try:
        return read_text(path)
    except InterlockError as error:
        what, why = f"the file of variants {path} cannot be read", error.findings[0].why
        workspace.error(codes.MISSING_PATH, what, _FILES, number, why=why, fix="correct the path")
        return None


def _values(table: Table) -> dict[str, tuple[str, ...]]:
    inner = table.table(_VALUES)
    return {name: inner.strings(name) for name in inner.entries()} if inner else {}
