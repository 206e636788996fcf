"""``env list``: the packages of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.environment import list_document
from interlock.cli.noop import up_to_date
from interlock.project.listing import Listing, list_again, list_packages

if TYPE_CHECKING:
    import argparse

    from rich.table import Table

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """List the packages of the prefix, or of the lock if nothing is installed."""
    state = up_to_date(args)
    listing = (state and list_again(state)) or _looked_up(args)
    output.document(list_document(args.environment, listing))
    if output.is_text:
        output.show(_table(listing))
        if not listing.installed:
            output.line("(from the lock: the environment is not installed)")
    return 0


# What these import is left alone where the state of the environment says all, or nobody looks at a table.


def _looked_up(args: argparse.Namespace) -> Listing:
    from interlock.project.opening import open_project

    return list_packages(open_project(args.manifest_path, folder=args.folder), args.environment)


def _table(listing: Listing) -> Table:
    from interlock.cli.tables import table_of

    table = table_of("name", "version", "kind", "source")
    for package in listing.packages:
        table.add_row(*package)
    return table
