"""``env map``: the PyPI names of a conda package, and the conda packages of a PyPI name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.names import map_document
from interlock.cli.listener import showing_progress
from interlock.cli.naming import rule_in_words
from interlock.cli.tables import table_of
from interlock.project.names import name_origins
from interlock.project.opening import open_project

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Show the conda packages that a name is about, what they supply, and which rule says so."""
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        found = name_origins(project, args.environment, args.name, args.platform)
    output.document(map_document(args.environment, args.name, found), findings=found.findings)
    output.findings(found.findings)
    table = table_of("conda", "PyPI", "decided by")
    for named in found.records:
        record = f"{named.record.name} {named.record.version} ({named.record.channel})"
        supplies = ", ".join(f"{entry.name} {entry.version}" for entry in named.supplies)
        table.add_row(record, supplies or "-", rule_in_words(named.origin))
    output.show(table)
    if found.source == "channels":
        output.line("(from the channels: the lock has no such package)")
    return 0
