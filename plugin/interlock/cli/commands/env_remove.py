"""``env remove``: remove packages from the manifest, solve and install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.edits import Extent, carry_out
from interlock.cli.json.edit import edit_document
from interlock.cli.listener import showing_progress
from interlock.project.editing import remove_dependencies
from interlock.project.opening import open_project

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Remove, and install unless told otherwise."""
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        edit = remove_dependencies(project, args.name, feature=args.feature, platform=args.platform, pypi=args.pypi)
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
