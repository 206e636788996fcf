"""A graph in layers: what the manifest asks for on the left, each column one step further away."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from interlock.graph.model import Graph

# With more packages than this, names would fill many screens: they are dots, and named when one points at them.
_MOST_NAMED = 160
_ROWS = 36
_SWEEPS = 6
_MARGIN = 14


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is, in the units of the drawing; ``named`` says that there is room for names."""

    places: Mapping[str, tuple[float, float]]
    width: float
    height: float
    named: bool


def lay_out(graph: Graph) -> Layout:
    """Places for all lines and packages that something leads to or from; the same graph always gets the same ones."""
    columns = _ordered(graph, _columns(graph))
    named = sum(map(len, columns)) <= _MOST_NAMED
    across, down, gap = (176.0, 19.0, 0.0) if named else (14.0, 14.0, 26.0)
    places: dict[str, tuple[float, float]] = {}
    left, tallest = float(_MARGIN), 1
    for column in columns:
        # A tall column becomes several that stand close together.
        parts = [column[start : start + _ROWS] for start in range(0, len(column), _ROWS)]
        for part in parts:
            for row, key in enumerate(part):
                places[key] = (left, _MARGIN + row * down)
            tallest, left = max(tallest, len(part)), left + across
        left += gap
    return Layout(places, left + _MARGIN, 2 * _MARGIN + (tallest - 1) * down, named)


def _columns(graph: Graph) -> list[list[str]]:
    """The columns from left to right; what only builds use, and what nothing leads to, comes last."""
    lines = [key for key in graph.lines or () if key in graph.below]
    columns: dict[int, list[str]] = defaultdict(list, {0: lines})
    last = 1 + max(graph.depths.values(), default=0)
    for key, node in graph.nodes.items():
        columns[graph.depths.get(key, last + (node.kind == "overlay"))].append(key)
    return [sorted(columns[depth]) for depth in sorted(columns) if columns[depth]]


def _ordered(graph: Graph, columns: Sequence[Sequence[str]]) -> list[list[str]]:
    """The columns with neighbours close to each other: each one in turn by the mean place of what it is joined to."""
    joined: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        if edge.kind in ("needs", "builds"):
            joined[edge.parent].append(edge.child)
            joined[edge.child].append(edge.parent)
    found = [list(column) for column in columns]
    # The share of its column that is above it: columns differ in length.
    place = {key: row / len(column) for column in found for row, key in enumerate(column)}
    for sweep in range(_SWEEPS):
        for column in found if sweep % 2 == 0 else reversed(found):
            wanted = {key: _mean([place[each] for each in joined[key] if each in place], place[key]) for key in column}
            column.sort(key=lambda key: (wanted[key], key))
            place.update({key: row / len(column) for row, key in enumerate(column)})
    return found


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
