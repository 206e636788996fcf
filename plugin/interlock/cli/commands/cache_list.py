"""``cache list``: the wheels that builds have left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from interlock.builds.store.store import default_store
from interlock.cli.stored import as_dict, readable_names, readable_size

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:  # noqa: ARG001 - every command has the same signature
    """List the stored wheels, the most recently used first."""
    store = default_store()
    entries = [stored for stored in store.entries() if stored.wheel is not None]
    output.document({"store": str(store.root), "wheels": [as_dict(stored) for stored in entries]})
    table = Table("package", "version", "mode", "built against", "size", box=None, header_style="bold", pad_edge=False)
    for stored in entries:
        entry = stored.entry
        table.add_row(
            entry.name,
            entry.version,
            entry.mode,
            readable_names([name for name, _ in entry.imports]),
            readable_size(entry.size),
        )
    if entries:
        output.show(table)
    size = readable_size(sum(stored.entry.size for stored in entries))
    output.line(f"{len(entries)} wheels, {size}, in {store.root}")
    return 0
