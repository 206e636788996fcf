"""``cache list``: the wheels in the store, what is kept of build environments, and what is known of other wheels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.cache import list_document
from interlock.cli.readable import readable_names, readable_size
from interlock.cli.tables import table_of
from interlock.core.counting import counted
from interlock.project.caching import build_packages, known_wheels, stored_wheels

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:  # noqa: ARG001 - every command has the same signature
    """List the stored wheels, the most recently used first."""
    found, packages, known = stored_wheels(), build_packages(), known_wheels()
    output.document(list_document(found, packages, known))
    table = table_of("package", "version", "mode", "built against", "size")
    for stored in found.wheels:
        entry = stored.entry
        against = readable_names([name for name, _ in entry.imports])
        table.add_row(entry.name, entry.version, entry.mode, against, readable_size(entry.size))
    if found.wheels:
        output.show(table)
    output.line(f"{counted(len(found.wheels), 'wheel')}, {readable_size(found.size)}, in {found.root}")
    if packages:
        output.line(f"{counted(len(packages), 'layer')} of packages for builds, in {packages[0].path.parent}")
    if known.number:
        lists = counted(known.number, "list of the files in a wheel", "lists of the files in wheels")
        output.line(f"{lists}, {readable_size(known.size)}, in {known.path}")
    return 0
