"""``env tree``: the dependencies or dependents of packages, across both ecosystems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.inspecting import inspect
from interlock.cli.json.graphs import tree_document

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Show the tree; as JSON the part of the graph that it spans, as a page the whole graph."""
    if args.html is not None:
        return _write_page(args, output)
    inspected = inspect(args)
    graph = inspected.graph
    trees = inspected.tree(args.package, invert=args.invert, depth=args.depth, builds=args.build)
    output.document(tree_document(graph, trees, inverted=args.invert), findings=inspected.findings)
    if output.is_text:
        from interlock.cli.graphs import render_tree

        output.show(render_tree(graph, trees))
    if any(branch.repeated for tree in trees for branch in tree.walk()):
        output.line("(*) shown above")
    output.findings(inspected.findings)
    return 0


def _write_page(args: argparse.Namespace, output: Output) -> int:
    """The same as a page, with sizes and licenses, which a record has not."""
    from interlock.cli.handing import hand_over_page
    from interlock.pages.tree import tree_page

    inspected = inspect(args, completely=True)
    selected = inspected.find(args.package) if args.package else ()
    page = tree_page(inspected.graph, selected, inspected.findings)
    hand_over_page(page, args.html, output, findings=inspected.findings)
    return 0
