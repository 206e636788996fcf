"""``env run``: a program in the activated environment."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from interlock.cli.listener import showing_progress
from interlock.cli.noop import is_up_to_date
from interlock.project.installing import install
from interlock.project.locking import lock_mode
from interlock.project.opening import open_project
from interlock.project.running import activate
from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Install if something changed, then become the program; with ``--json`` wait for it and report its status."""
    command = args.program[1:] if args.program[:1] == ["--"] else args.program
    if not command:
        raise InterlockError(
            Finding(code="IL190", what="no program to run", why="`env run` needs one", fix="interlock env run -- CMD")
        )
    if args.no_install or is_up_to_date(args):
        project = open_project(args.manifest_path, folder=args.folder)
    else:
        with showing_progress(output) as listener:
            project = open_project(args.manifest_path, folder=args.folder, listener=listener)
            outcome = install(project, args.environment, mode=lock_mode(locked=args.locked, frozen=args.frozen))
        output.findings(outcome.findings)
    env = activate(project, args.environment, os.environ)
    program = shutil.which(command[0], path=env["PATH"])
    if program is None:
        raise InterlockError(_not_found(command[0], args.environment))
    if output.json:
        status = subprocess.call([program, *command[1:]], env=env, stdout=sys.stderr)
        output.document({"environment": args.environment, "program": command, "status": status})
        return status
    sys.stdout.flush()
    # The shell's ways hold for the program, whatever Python made of them.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execve(program, command, env)  # noqa: S606 - becoming the program is what the command is for
    return None


def _not_found(program: str, environment: str) -> Finding:
    return Finding(
        code="IL191",
        what=f"{program!r} is not a program of environment {environment}",
        why="it is neither in the environment nor on PATH",
        fix="add the package that brings it to the manifest, or correct the name",
    )
