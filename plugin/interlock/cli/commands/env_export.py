"""``env export``: the lock in the format of another tool."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.cli.handing import hand_over, written
from interlock.cli.json.export import export_document
from interlock.cli.listener import showing_progress
from interlock.project.exporting import export
from interlock.project.locking import lock_mode
from interlock.project.opening import open_project

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Bring the lock up to date and write the file; without ``--output``, print it."""
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        mode = lock_mode(locked=args.locked, frozen=args.frozen)
        outcome = export(project, args.format, environment=args.environment, platform=args.platform, mode=mode)
    path = Path(args.output) if args.output else None
    changed = written(outcome.text, path)
    output.findings(outcome.findings)
    output.document(export_document(args.format, outcome, path, changed=changed), findings=outcome.findings)
    hand_over(outcome.text, path, output, changed=changed)
    return 0
