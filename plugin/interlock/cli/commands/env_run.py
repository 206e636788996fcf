"""``env run``: a program in the activated environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from interlock.cli.findings import no_program
from interlock.cli.json.environment import run_document
from interlock.cli.json.install import environment_report
from interlock.cli.listener import showing_progress
from interlock.cli.noop import is_up_to_date
from interlock.project.installing import install
from interlock.project.locking import lock_mode
from interlock.project.opening import open_project
from interlock.project.running import activate, run_program
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Install if something changed, then become the program; with ``--json`` wait for it and report its status."""
    command = args.program[1:] if args.program[:1] == ["--"] else args.program
    if not command:
        raise InterlockError(no_program())
    if args.no_install or is_up_to_date(args):
        project = open_project(args.manifest_path, folder=args.folder)
    else:
        with showing_progress(output) as listener:
            project = open_project(args.manifest_path, folder=args.folder, listener=listener)
            mode = lock_mode(locked=args.locked, frozen=args.frozen)
            outcome = install(project, args.environment, report=environment_report, mode=mode)
        output.findings(outcome.findings)
    env = activate(project, args.environment, os.environ)
    status = run_program(command, args.environment, env, wait=output.json)
    output.document(run_document(args.environment, command, status))
    return status
