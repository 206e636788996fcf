"""A graph as a tree: from the lines of the manifest down, or from packages up to their dependents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlock.graph.model import Edge, Graph, Line, Node


# Nobody reads further, and each level takes a few of the calls that Python nests.
_DEEPEST = 200


@dataclass(frozen=True, slots=True)
class Branch:
    """A package, or when inverted a line, with what comes below it.

    ``edges`` are those that led here, none for a root that nothing asks for. ``repeated`` says that what is below is
    shown where it came up first; ``cut`` counts what lies below the deepest level.
    """

    item: Node | Line
    edges: tuple[Edge, ...] = ()
    below: tuple[Branch, ...] = ()
    repeated: bool = False
    cut: int = 0

    def walk(self) -> Iterator[Branch]:
        """The branch and all below it."""
        yield self
        for branch in self.below:
            yield from branch.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeOptions:
    """Which way a tree grows, and whether builds are in it.

    ``depth`` is how many levels it has below its roots; ``None`` stands for all, 200 at most.
    """

    invert: bool = False
    depth: int | None = None
    builds: bool = False


def make_tree(graph: Graph, roots: Sequence[Node], options: TreeOptions) -> tuple[Branch, ...]:
    """The trees over ``roots``; without any, over everything that the manifest asks for (inverted: over the leaves)."""
    grower = _Grower(graph, options)
    if roots:
        return tuple(grower.grow(node, ()) for node in roots)
    return tuple(grower.leaves() if options.invert else grower.from_lines())


class _Grower:
    def __init__(self, graph: Graph, options: TreeOptions) -> None:
        self._graph = graph
        self._options = options
        self._seen: set[str] = set()
        # Who needs a package includes who builds with it; what a package needs does so only on demand.
        self._kinds = ("needs", "builds", "declares") if options.builds or options.invert else ("needs",)

    def from_lines(self) -> Iterator[Branch]:
        asked: dict[str, list[Edge]] = defaultdict(list)
        for line in self._graph.lines or ():
            for edge in self._graph.below.get(line, []):
                if edge.kind == "needs":
                    asked[edge.child].append(edge)
        for key, edges in asked.items():
            yield self.grow(self._graph.nodes[key], tuple(edges))
        yield from self._unasked()

    def _unasked(self) -> Iterator[Branch]:
        """What no line leads to, from the top: everything, if the manifest is not known."""
        reached = self._reached(self._graph.lines or ())
        rest = {n.key: n for n in self._graph.nodes.values() if n.kind in ("conda", "pypi") and n.key not in reached}
        while rest:
            tops = [node for node in rest.values() if not self._has_parent(node, rest)]
            # A circle has no top: it is entered at its first package.
            for node in tops or list(rest.values())[:1]:
                yield self.grow(node, ())
                for key in self._reached([node.key]):
                    rest.pop(key, None)

    def _reached(self, keys: Iterable[str]) -> set[str]:
        reached, queue = set(keys), list(keys)
        while queue:
            below = {edge.child for edge in self._graph.below.get(queue.pop(), []) if edge.kind == "needs"}
            queue += below - reached
            reached |= below
        return reached

    def _has_parent(self, node: Node, among: Container[str]) -> bool:
        return any(edge.parent in among for edge in self._graph.above.get(node.key, []) if edge.kind == "needs")

    def leaves(self) -> Iterator[Branch]:
        for node in self._graph.nodes.values():
            if not any(edge.kind in self._kinds for edge in self._graph.below.get(node.key, [])):
                yield self.grow(node, ())

    def grow(self, item: Node | Line, edges: tuple[Edge, ...], level: int = 0) -> Branch:
        below = self._next(item.key)
        if item.key in self._seen and below:
            return Branch(item, edges, repeated=True)
        if below and level == (_DEEPEST if self._options.depth is None else min(self._options.depth, _DEEPEST)):
            return Branch(item, edges, cut=len(below))
        self._seen.add(item.key)
        grown = tuple(self.grow(next_item, through, level + 1) for next_item, through in below)
        return Branch(item, edges, grown)

    def _next(self, key: str) -> list[tuple[Node | Line, tuple[Edge, ...]]]:
        graph, inverted = self._graph, self._options.invert
        found: dict[str, list[Edge]] = defaultdict(list)
        for edge in (graph.above if inverted else graph.below).get(key, []):
            if edge.kind in self._kinds:
                found[edge.parent if inverted else edge.child].append(edge)
        items = [(graph.parent(edges[0]) if inverted else graph.child(edges[0]), edges) for edges in found.values()]
        return [(item, tuple(edges)) for item, edges in sorted(items, key=lambda pair: (pair[0].name, pair[0].key))]
