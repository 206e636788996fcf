"""``env shell-hook``: a script that activates an environment in the shell that reads it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from interlock.cli.json.shells import hook_document
from interlock.cli.ready import ready_project
from interlock.project.shells import activating_script, scripted_shell, variables_to_set

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Install if something changed, then print the script, or the variables as JSON."""
    if output.json:
        project = ready_project(args, output)
        output.document(hook_document(args.environment, variables_to_set(project, args.environment, os.environ)))
        return 0
    shell = scripted_shell(args.shell, advice="use the variables that --json prints")
    project = ready_project(args, output)
    output.script(activating_script(project, args.environment, shell, prompt=not args.no_prompt))
    return 0
