"""``env tree``: what needs what, or who needs a package, across both ecosystems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.graphs import render_tree
from interlock.graph.data import edge_data, item_data
from interlock.graph.tree import TreeOptions, make_tree
from interlock.project.inspecting import inspect

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Show the tree; as JSON the part of the graph that it spans."""
    inspected = inspect(args.environment, args.platform, manifest_path=args.manifest_path, folder=args.folder)
    graph = inspected.graph
    roots = inspected.find(args.package) if args.package else ()
    trees = make_tree(graph, roots, TreeOptions(invert=args.invert, depth=args.depth, builds=args.build))
    branches = [branch for tree in trees for branch in tree.walk()]
    output.document(
        {
            "environment": graph.environment,
            "platform": graph.platform,
            "inverted": args.invert,
            "roots": [tree.item.key for tree in trees],
            "nodes": list({branch.item.key: item_data(branch.item) for branch in branches}.values()),
            "edges": [edge_data(edge) for edge in dict.fromkeys(edge for each in branches for edge in each.edges)],
        },
        findings=inspected.findings,
    )
    output.show(render_tree(graph, trees))
    if any(branch.repeated for branch in branches):
        output.line("(*) what is below was shown above")
    output.findings(inspected.findings)
    return 0
