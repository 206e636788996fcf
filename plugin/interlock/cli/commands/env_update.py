"""``env update``: move locked versions within the bounds of the manifest, and install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.edits import run_edit
from interlock.cli.json.edit import moved_document
from interlock.project.updating import update

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output
    from interlock.project.opening import Project
    from interlock.project.solved_edits import Edit


def run(args: argparse.Namespace, output: Output) -> int:
    """Update, and install unless told otherwise."""

    def move(project: Project) -> Edit:
        return update(project, args.name, environments=args.environment or (), platforms=args.platform or ())

    done = run_edit(args, output, move, environment=None)
    output.document(
        moved_document(done.edit, changed=done.changed, installed=done.report, ran=output.ran), findings=done.findings
    )
    return 0
