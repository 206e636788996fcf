"""``env upgrade``: move dependencies beyond their bounds, write these anew, and install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.edits import run_edit
from interlock.cli.json.edit import moved_document
from interlock.project.upgrading import upgrade

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Upgrade, and install unless told otherwise."""
    done = run_edit(args, output, lambda project: upgrade(project, args.name), environment=args.environment)
    output.document(
        moved_document(done.edit, changed=done.changed, installed=done.report, ran=output.ran), findings=done.findings
    )
    return 0
