"""``env list``: the packages of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from interlock.cli.json.environment import list_document
from interlock.project.listing import list_packages
from interlock.project.opening import open_project

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """List the packages of the prefix, or of the lock if nothing is installed."""
    project = open_project(args.manifest_path, folder=args.folder)
    listing = list_packages(project, args.environment)
    output.document(list_document(args.environment, listing))
    table = Table("name", "version", "kind", "source", box=None, header_style="bold", pad_edge=False)
    for package in listing.packages:
        table.add_row(package.name, package.version, package.kind, package.source)
    output.show(table)
    if not listing.installed:
        output.line("(from the lock: the environment is not installed)")
    return 0
