"""Why a package is installed: the shortest chains to it, the ranges that restrict it, the builds that use it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from interlock.graph.ranges import restricts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from interlock.graph.model import Edge, EdgeKind, Graph, Node, Tightest

# Of the equally short ways from one line to one package; there can be more than anybody reads.
_MOST_CHAINS = 5


@dataclass(frozen=True, slots=True)
class Chains:
    """The shortest ways from one line to a package, each from the top down; ``total`` counts also those left out."""

    line: str
    ways: tuple[tuple[Edge, ...], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Why:
    """What a graph knows of the presence of a package.

    ``chains`` holds one entry for each line that leads to it, the nearest first. ``ranges`` are the edges that restrict
    its version; of these, ``lowest`` have the highest lower bound and ``highest`` the lowest upper bound. ``builds``
    are the edges from packages that are built with it.
    """

    node: Node
    chains: tuple[Chains, ...]
    ranges: tuple[Edge, ...]
    lowest: frozenset[Edge]
    highest: frozenset[Edge]
    builds: tuple[Edge, ...]


def why(graph: Graph, node: Node) -> Why:
    """Explain a package of a graph."""
    arriving = graph.above.get(node.key, [])
    ranges = _ranges(arriving)
    lowest, highest = graph.tightest.get(node.key) or tightest_of(graph, node)
    kinds: tuple[EdgeKind, ...] = ("needs", "builds") if node.kind == "overlay" else ("needs", "declares")
    return Why(
        node=node,
        chains=_chains(graph, node, kinds),
        ranges=ranges,
        lowest=lowest,
        highest=highest,
        builds=tuple(edge for edge in arriving if edge.kind == "builds"),
    )


def tightest_of(graph: Graph, node: Node) -> Tightest:
    """The edges that bound the version of a node."""
    # Imported here: with a recorded graph, this is known.
    from interlock.graph.bounds import tightest

    return tightest(_ranges(graph.above.get(node.key, [])), conda=node.kind in ("conda", "machine"))


def _ranges(arriving: Iterable[Edge]) -> tuple[Edge, ...]:
    return tuple(edge for edge in arriving if edge.kind in ("needs", "limits") and restricts(edge))


def _chains(graph: Graph, node: Node, kinds: Sequence[EdgeKind]) -> tuple[Chains, ...]:
    distances = _distances(graph, node, kinds)
    lines = [key for key in graph.lines or () if key in distances]
    counts: dict[str, int] = {}
    for key in distances:  # the nearest come first
        counts[key] = sum(counts[edge.child] for edge in _steps(graph, key, distances, kinds)) or 1
    return tuple(
        Chains(line, tuple(islice(_ways(graph, line, distances, kinds), _MOST_CHAINS)), counts[line])
        for line in sorted(lines, key=lambda key: distances[key])
    )


def _distances(graph: Graph, node: Node, kinds: Sequence[EdgeKind]) -> dict[str, int]:
    """How many edges lie between a node and everything that leads to it, the nearest first."""
    distances = {node.key: 0}
    nearest = [node.key]
    while nearest:
        arriving = (edge for key in nearest for edge in graph.above.get(key, []) if edge.kind in kinds)
        distance = distances[nearest[0]] + 1
        nearest = list(dict.fromkeys(edge.parent for edge in arriving if edge.parent not in distances))
        distances.update(dict.fromkeys(nearest, distance))
    return distances


def _steps(graph: Graph, key: str, distances: Mapping[str, int], kinds: Sequence[EdgeKind]) -> Iterator[Edge]:
    """The edges that lead one step nearer; of several ranges for one package, the one that says most."""
    nearer: dict[str, Edge] = {}
    for edge in graph.below.get(key, []):
        if edge.kind in kinds and distances.get(edge.child) == distances[key] - 1:
            known = nearer.get(edge.child)
            if known is None or len(edge.range) > len(known.range):
                nearer[edge.child] = edge
    yield from nearer.values()


def _ways(
    graph: Graph, start: str, distances: Mapping[str, int], kinds: Sequence[EdgeKind]
) -> Iterator[tuple[Edge, ...]]:
    open_ways: list[tuple[str, tuple[Edge, ...]]] = [(start, ())]
    while open_ways:
        key, way = open_ways.pop()
        if distances[key] == 0:
            yield way
        steps = [(edge.child, (*way, edge)) for edge in _steps(graph, key, distances, kinds)]
        open_ways += reversed(steps)
