"""``cache list``: the wheels in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from interlock.cli.json.cache import list_document
from interlock.cli.readable import readable_names, readable_size
from interlock.project.caching import stored_wheels

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:  # noqa: ARG001 - every command has the same signature
    """List the stored wheels, the most recently used first."""
    found = stored_wheels()
    output.document(list_document(found))
    table = Table("package", "version", "mode", "built against", "size", box=None, header_style="bold", pad_edge=False)
    for stored in found.wheels:
        entry = stored.entry
        against = readable_names([name for name, _ in entry.imports])
        table.add_row(entry.name, entry.version, entry.mode, against, readable_size(entry.size))
    if found.wheels:
        output.show(table)
    output.line(f"{len(found.wheels)} wheels, {readable_size(found.size)}, in {found.root}")
    return 0
