"""``env install``: create or update the environment from the manifest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from interlock.cli.json.install import environment_report, install_document
from interlock.cli.listener import showing_progress
from interlock.project.editors import editor_hints
from interlock.project.installing import InstallOptions, install
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
        outcome = install(
            project,
            args.environment,
            report=environment_report,
            mode=mode,
            platform=args.platform,
            options=InstallOptions(repair=args.repair, lock_timeout=args.lock_timeout),
        )
    hints = editor_hints(project, args.environment) if outcome.changed else ()
    findings = (*outcome.findings, *hints)
    output.findings(findings)
    seconds = time.monotonic() - args.started
    locked = outcome.environment.locked
    output.document(
        install_document(
            environment_report(outcome.environment),
            changed=outcome.changed,
            relocked=outcome.relocked,
            seconds=seconds,
            ran=output.ran,
        ),
        findings=findings,
    )
    if not outcome.changed:
        output.line(f"environment {locked.name} is up to date")
    elif output.is_text:
        # Imported here: it brings rich, which a document does without.
        from interlock.cli.render import render_summary

        output.show(render_summary(locked, outcome.environment.built, str(outcome.environment.prefix), seconds))
    return 0
