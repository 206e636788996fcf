"""``env remove``: remove packages from the manifest, solve and install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.edits import run_edit
from interlock.cli.json.edit import edit_document
from interlock.project.editing import remove_dependencies

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output
    from interlock.project.opening import Project
    from interlock.project.solved_edits import Edit


def run(args: argparse.Namespace, output: Output) -> int:
    """Remove, and install unless told otherwise."""

    def remove(project: Project) -> Edit:
        return remove_dependencies(project, args.name, feature=args.feature, platform=args.platform, pypi=args.pypi)

    done = run_edit(args, output, remove, environment=args.environment)
    output.document(
        edit_document(done.edit, changed=done.changed, installed=done.report, ran=output.ran), findings=done.findings
    )
    return 0
