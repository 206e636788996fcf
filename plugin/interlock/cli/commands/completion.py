"""``completion``: a script that completes commands in a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.completion import completion_script
from interlock.cli.json.shells import completion_document
from interlock.project.shells import scripted_shell

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output

SHELLS = ("bash", "zsh", "fish")


def run(args: argparse.Namespace, output: Output) -> int:
    """Print the script for a shell, by default the one around us."""
    shell = scripted_shell(args.shell, SHELLS)
    script = completion_script(shell)
    output.document(completion_document(shell, script))
    if not output.json:
        output.script(script)
    return 0
