"""``env add``: add packages to the manifest, solve and install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.edits import run_edit
from interlock.cli.json.edit import edit_document
from interlock.project.additions import Sources, addition_of
from interlock.project.editing import add_dependencies

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output
    from interlock.project.opening import Project
    from interlock.project.solved_edits import Edit


def run(args: argparse.Namespace, output: Output) -> int:
    """Add, and install unless told otherwise."""
    sources = Sources(
        git=args.git,
        rev=args.rev,
        branch=args.branch,
        tag=args.tag,
        subdirectory=args.subdirectory,
        path=args.path,
        editable=args.editable,
    )

    def add(project: Project) -> Edit:
        addition = addition_of(
            args.spec,
            sources,
            root=project.layout.root,
            feature=args.feature,
            platform=args.platform,
            pypi=args.pypi,
            matched=args.matched,
            no_isolation=args.no_isolation,
        )
        return add_dependencies(project, addition)

    done = run_edit(args, output, add, environment=args.environment)
    output.document(
        edit_document(done.edit, changed=done.changed, installed=done.report, ran=output.ran), findings=done.findings
    )
    return 0
