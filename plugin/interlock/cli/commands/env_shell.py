"""``env shell``: a new shell in which an environment is active."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.shells import shell_document
from interlock.cli.ready import ready_project
from interlock.project.shells import activating_script, interactive_shell, left_behind, open_shell

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Install if something changed, then become the shell; with ``--json`` wait for its end and report its status."""
    shell = interactive_shell(args.shell)
    output.findings(left_behind())
    project = ready_project(args, output)
    script = activating_script(project, args.environment, shell.name, prompt=not args.no_prompt)
    output.hand_over()
    status = open_shell(shell, script, wait=output.json)
    output.document(shell_document(args.environment, shell.name, status))
    return status
