"""``env lock``: solve everything and write the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.lock import lock_document
from interlock.cli.listener import showing_progress
from interlock.project.locking import LockMode, lock_all
from interlock.project.opening import open_project

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Update ``interlock.lock`` where it is out of date; with ``--check`` only compare."""
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        outcome = lock_all(project, mode=LockMode.LOCKED if args.check else LockMode.UPDATE)
    output.findings(outcome.findings)
    output.document(lock_document(project.layout.lock_file, outcome), findings=outcome.findings)
    name = project.layout.lock_file.name
    output.line(f"wrote {name}" if outcome.changed else f"{name} is up to date")
    return 0
