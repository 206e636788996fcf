"""``env clean``: remove installed environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.environment import clean_document
from interlock.cli.listener import showing_progress
from interlock.project.cleaning import clean
from interlock.project.opening import open_project

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Remove the prefixes and say which ones."""
    with showing_progress(output) as listener:
        removed = clean(open_project(args.manifest_path, folder=args.folder, listener=listener), args.environment)
    output.document(clean_document(removed))
    for path in removed:
        output.line(f"removed {path}")
    if not removed:
        output.line("nothing to remove")
    return 0
