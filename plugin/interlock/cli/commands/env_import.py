"""``env import``: add what a file of another tool lists to the manifest, solve and install."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.cli.edits import run_edit
from interlock.cli.json.edit import edit_document
from interlock.project.editing import import_list
from interlock.project.package_lists import read_list

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output
    from interlock.project.opening import Project
    from interlock.project.solved_edits import Edit


def run(args: argparse.Namespace, output: Output) -> int:
    """Add, and install unless told otherwise."""

    def add(project: Project) -> Edit:
        found = read_list(Path(args.file), args.format, project.layout.root)
        return import_list(project, found, feature=args.feature, platform=args.platform)

    done = run_edit(args, output, add, environment=args.environment)
    output.document(
        edit_document(done.edit, changed=done.changed, installed=done.report, ran=output.ran), findings=done.findings
    )
    return 0
