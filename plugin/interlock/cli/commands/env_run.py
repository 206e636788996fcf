"""``env run``: a program in the activated environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from interlock.cli.ready import ready_variables
from interlock.project.running import run_program

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Install if something changed, then become the program; with ``--json`` wait for it and report its status."""
    command = args.program[1:] if args.program[:1] == ["--"] else args.program
    if not command:
        from interlock.cli.findings import no_program
        from interlock_hooks.types import InterlockError

        raise InterlockError(no_program("env run"))
    variables = ready_variables(args, output, os.environ)
    output.hand_over()
    status = run_program(args.environment, command, os.environ, variables, wait=output.json)
    from interlock.cli.json.environment import run_document

    output.document(run_document(args.environment, command, status))
    return status
