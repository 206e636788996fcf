"""Two graphs of one environment side by side: common edges, and edges that replaced each other."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from interlock.graph.model import Line
from interlock_hooks.types import CondaSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock.graph.model import Edge, Graph, Node


class Pair:
    """An older and a newer graph."""

    def __init__(self, old: Graph, new: Graph) -> None:
        self.old = old
        self.new = new

    def was_there(self, edge: Edge) -> bool:
        """Whether the older graph has an edge of the newer one, word for word."""
        return _said(self.new, edge) in self._old_said

    def is_there(self, edge: Edge) -> bool:
        """Whether the newer graph has an edge of the older one; lines of an unknown manifest count as there."""
        unknown = self.new.lines is None and isinstance(self.old.parent(edge), Line)
        return unknown or _said(self.old, edge) in self._new_said

    def before(self, edge: Edge) -> str:
        """What the speaker of an edge of the newer graph asked of the same package before; empty if nothing."""
        return ", ".join(self._old_ranges.get(_about(self.new, edge), {}))

    def after(self, edge: Edge) -> str:
        """What the speaker of an edge of the older graph asks of the same package now; empty if nothing."""
        return ", ".join(self._new_ranges.get(_about(self.old, edge), {}))

    def differs(self, key: str) -> bool:
        """Whether a package is another one than before, or is in one graph only."""
        old, new = self.old.nodes.get(key), self.new.nodes.get(key)
        return old is None or new is None or old.identity != new.identity

    @cached_property
    def _old_said(self) -> frozenset[tuple[str, ...]]:
        return frozenset(_said(self.old, edge) for edge in self.old.edges)

    @cached_property
    def _new_said(self) -> frozenset[tuple[str, ...]]:
        return frozenset(_said(self.new, edge) for edge in self.new.edges)

    @cached_property
    def _old_ranges(self) -> Mapping[tuple[str, ...], dict[str, None]]:
        return _ranges(self.old)

    @cached_property
    def _new_ranges(self) -> Mapping[tuple[str, ...], dict[str, None]]:
        return _ranges(self.new)


def leading(graph: Graph, node: Node) -> list[Edge]:
    """The edges over which a package is there, one for each parent, nearest to the manifest first.

    Only those from parents that are nearer to the manifest than itself, so that no circle explains itself.
    """
    depths = graph.depths
    arriving = [edge for edge in graph.above.get(node.key, []) if edge.kind in ("needs", "declares")]
    nearer = [edge for edge in arriving if depths.get(edge.parent, 0) < depths.get(node.key, 1)]
    # Of several ranges of one parent, the longest says most.
    by_parent = {edge.parent: edge for edge in sorted(nearer, key=lambda edge: len(edge.range))}
    return sorted(by_parent.values(), key=lambda edge: (depths.get(edge.parent, 0), edge.parent))


def _ranges(graph: Graph) -> dict[tuple[str, ...], dict[str, None]]:
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for edge in graph.edges:
        found.setdefault(_about(graph, edge), {})[edge.range] = None
    return found


def _said(graph: Graph, edge: Edge) -> tuple[str, ...]:
    return (*_about(graph, edge), edge.range)


def _about(graph: Graph, edge: Edge) -> tuple[str, ...]:
    """Who says something about which package, and in which manner."""
    parent = graph.parent(edge)
    speaker = "line" if isinstance(parent, Line) else parent.key
    name = Pep508(edge.range).name if edge.ecosystem == "pypi" else CondaSpec(spec=edge.range).name
    return speaker, edge.ecosystem, edge.kind, canonicalize_name(name)
