"""What the other environments of a solve group say about packages that an environment shares with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.graph.model import Edge, Line
from interlock.graph.ranges import restricts

if TYPE_CHECKING:
    from interlock.graph.model import Graph, Node


def beside(graph: Graph, others: Iterable[Graph]) -> Graph:
    """The graph with the ranges by which other environments of its solve group limit its packages.

    What an environment says itself, as a package that both have does, is not told again.
    """
    neighbours: dict[str, Line] = {}
    edges: list[Edge] = []
    for other in others:
        for edge in _limiting(graph, other):
            parent = other.parent(edge)
            key = f"{other.environment}:{edge.parent}:{edge.child}:{edge.range}"
            neighbours[key] = Line(
                key=key,
                name=other.child(edge).name,
                text=edge.range,
                ecosystem=edge.ecosystem,
                kind="limits",
                origin=f"{parent} (environment {other.environment})",
            )
            edges.append(replace(edge, parent=key, kind="limits"))
    return replace(graph, neighbours=neighbours, edges=(*graph.edges, *edges))


def _limiting(graph: Graph, other: Graph) -> Iterator[Edge]:
    own = {_said(graph.parent(edge), edge) for edge in graph.edges}
    for edge in other.edges:
        shared = edge.kind in ("needs", "limits") and edge.child in graph.nodes and restricts(edge)
        if shared and _said(other.parent(edge), edge) not in own:
            yield edge


def _said(parent: Node | Line, edge: Edge) -> tuple[str, str, str]:
    """Who says what of which package; lines are told apart by their place."""
    return str(parent) if isinstance(parent, Line) else parent.key, edge.child, edge.range
