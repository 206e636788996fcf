"""``env upgrade``: move dependencies beyond their bounds, write these anew, and install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.edits import Extent, carry_out
from interlock.cli.json.edit import moved_document
from interlock.cli.listener import showing_progress
from interlock.project.opening import open_project
from interlock.project.upgrading import upgrade

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Upgrade, and install unless told otherwise."""
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        edit = upgrade(project, args.name)
        extent = Extent(
            environment=args.environment,
            dry_run=args.dry_run,
            no_install=args.no_install,
            folder=args.folder,
            started=args.started,
        )
        done = carry_out(edit, extent, output, listener)
    output.document(moved_document(edit, changed=done.changed, installed=done.report), findings=done.findings)
    return 0
