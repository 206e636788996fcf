"""``env diff``: the changes between two versions of the lock, and their causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.graphs import render_change, render_change_title
from interlock.cli.json.graphs import diff_document
from interlock.project.comparing import compare_locks

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Show the changes of each environment and platform; differences are not a failure."""
    found = compare_locks(
        args.old,
        args.new,
        environment=args.environment,
        platform=args.platform,
        manifest_path=args.manifest_path,
        folder=args.folder,
    )
    output.document(diff_document(found), findings=found.findings)
    changed = [each for each in found.environments if each.changes or each.state != "kept"]
    output.line(f"{found.old} → {found.new}{'' if changed else ': no differences'}")
    for each in changed:
        output.show(
            render_change_title(each), *(render_change(change, complete=output.verbose > 0) for change in each.changes)
        )
    output.findings(found.findings)
    return 0
