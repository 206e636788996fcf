"""``env lock``: solve everything and write the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.lock import lock_document
from interlock.cli.listener import showing_progress
from interlock.project.locking import LockMode, lock_all
from interlock.project.opening import open_project
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Update ``interlock.lock`` where it is out of date; with ``--check`` only compare."""
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        outcome = lock_all(project, mode=LockMode.LOCKED if args.check else LockMode.UPDATE)
    name = project.layout.lock_file.name
    if outcome.refused:
        # All were asked for. What can be locked is locked, but the answer is not complete.
        if outcome.changed:
            output.line(f"wrote {name} without the environments that cannot be locked")
        raise InterlockError(*outcome.refused, *outcome.findings)
    output.findings(outcome.findings)
    output.document(lock_document(project.layout.lock_file, outcome, output.ran), findings=outcome.findings)
    output.line(f"wrote {name}" if outcome.changed else f"{name} is up to date")
    return 0
