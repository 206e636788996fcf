"""``env why``: why a package is in an environment, and what restricts its version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.inspecting import inspect
from interlock.cli.json.graphs import why_document

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Explain every package of that name: conda's, PyPI's, and those of builds."""
    inspected = inspect(args)
    graph = inspected.graph
    found = inspected.why(args.package)
    output.document(why_document(graph, found), findings=inspected.findings)
    if output.is_text:
        from interlock.cli.graphs import render_why

        output.show(*(render_why(graph, each, inspected.origin, complete=output.verbose > 0) for each in found))
    output.findings(inspected.findings)
    return 0
