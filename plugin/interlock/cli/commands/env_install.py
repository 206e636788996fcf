"""``env install``: make the environment what the manifest says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from interlock.cli.listener import showing_progress
from interlock.cli.render import render_summary
from interlock.pipeline.installing import environment_report
from interlock.project.installing import install
from interlock.project.locking import lock_mode
from interlock.project.opening import open_project

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Lock if needed, install, and show what the environment is made of."""
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        mode = lock_mode(locked=args.locked, frozen=args.frozen)
        outcome = install(project, args.environment, mode=mode)
    output.findings(outcome.findings)
    seconds = time.monotonic() - args.started
    locked = outcome.environment.locked
    output.document(
        {
            **environment_report(outcome.environment),
            "changed": outcome.changed,
            "locked": outcome.relocked,
            "seconds": round(seconds, 3),
        },
        findings=outcome.findings,
    )
    if outcome.changed:
        output.show(render_summary(locked, outcome.environment.built, str(outcome.environment.prefix), seconds))
    else:
        output.line(f"environment {locked.name} is up to date")
    return 0
