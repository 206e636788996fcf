"""``env import``: add what a file of another tool lists to the manifest, solve and install."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.cli.edits import Extent, carry_out
from interlock.cli.json.edit import edit_document
from interlock.cli.listener import showing_progress
from interlock.project.editing import import_list
from interlock.project.lists import read_list
from interlock.project.opening import open_project

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Add, and install unless told otherwise."""
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        found = read_list(Path(args.file), args.format, project.layout.root)
        edit = import_list(project, found, feature=args.feature, platform=args.platform)
        extent = Extent(
            environment=args.environment,
            dry_run=args.dry_run,
            no_install=args.no_install,
            folder=args.folder,
            started=args.started,
        )
        done = carry_out(edit, extent, output, listener)
    output.document(edit_document(edit, changed=done.changed, installed=done.report), findings=done.findings)
    return 0
