"""A graph as JSON, and back: as much of it as `env tree` and `env why` show.

What an install records spares these commands the manifest, the lock, and the types of the contract, whose import takes
longer than all that they do. A graph that comes back has the same nodes, lines and edges. Of what its nodes are made of
it has what is shown, under the same names, and it is no graph to compare with another one. Whoever shows more of a
node adds it here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from interlock.core.labels import label
from interlock.graph.model import Edge, Graph, Line, Node, Recorded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock.graph.model import Tightest
    from interlock_hooks.types import (
        BuildPlan,
        Location,
        Metadata,
        NameOrigin,
        PassedOver,
        ProvidedDistribution,
        PythonTarget,
    )

Origin: TypeAlias = "Callable[[Node, ProvidedDistribution], NameOrigin | None]"


class _Place(NamedTuple):
    file: str
    line: int | None
    key: str | None


class _Provided(NamedTuple):
    """A distribution with the rule that says so, so that it is its own :class:`~interlock_hooks.types.NameOrigin`."""

    name: str
    version: str
    rule: str | None
    source: str
    where: _Place | None


class _Mode(NamedTuple):
    value: str


class _Requirement(NamedTuple):
    requirement: str
    seen: str | None


class _Prebuilt(NamedTuple):
    filename: str
    url: str
    sha256: str | None
    why: tuple[str, ...]


class _Plan(NamedTuple):
    mode: _Mode
    requirements: tuple[_Requirement, ...]
    prebuilt: _Prebuilt | None


class _Metadata(NamedTuple):
    origin: str
    place: str
    refuted: tuple[str, ...]


class _PassedOver(NamedTuple):
    text: str
    version: str
    older: bool
    why: str

    def __str__(self) -> str:
        return self.text


class _Python(NamedTuple):
    label: str


def origin_of(_: Node, provided: ProvidedDistribution) -> NameOrigin | None:
    """The rule by which a record provides a distribution, in a graph that comes from a record."""
    return cast("NameOrigin", provided) if provided.rule else None


def to_record(graph: Graph, origin: Origin, tightest: Callable[[Graph, Node], Tightest | None]) -> dict[str, Any]:
    """A graph as JSON; ``tightest`` tells which ranges of a node bound it, or ``None`` to leave that for later."""
    numbers = {edge: number for number, edge in enumerate(graph.edges)}
    bounds = {key: tightest(graph, node) for key, node in graph.nodes.items()}
    return {
        "environment": graph.environment,
        "platform": graph.platform,
        "python": graph.python.label,
        "nodes": [_node(node, origin) for node in graph.nodes.values()],
        "lines": None if graph.lines is None else list(map(_line, graph.lines.values())),
        "neighbours": list(map(_line, graph.neighbours.values())),
        "edges": [[edge.parent, edge.child, edge.range, edge.ecosystem, edge.kind] for edge in graph.edges],
        "tightest": {
            key: [sorted(numbers[edge] for edge in side) for side in sides] for key, sides in bounds.items() if sides
        },
    }


def _node(node: Node, origin: Origin) -> list[Any]:
    known, plan = node.metadata, node.plan
    return [
        node.key,
        node.kind,
        node.name,
        node.version,
        node.overlay_of,
        [*node.artifact, bool(getattr(node.content, "built_from", None))],
        [_provided(each, origin(node, each)) for each in node.provides],
        None if plan is None else _plan(plan),
        None if known is None else [known.origin, known.place, list(known.refuted)],
        [[str(each), each.version, each.older, each.why] for each in node.passed_over],
    ]


def _plan(plan: BuildPlan) -> list[Any]:
    wheel = plan.prebuilt
    return [
        plan.mode.value,
        [[each.requirement, each.seen] for each in plan.requirements],
        wheel and [wheel.filename, wheel.url, wheel.sha256, list(wheel.why)],
    ]


def _provided(entry: ProvidedDistribution, origin: NameOrigin | None) -> list[Any]:
    return [entry.name, entry.version, entry.rule, entry.source, origin and _place(origin.where)]


def _line(line: Line) -> list[Any]:
    return [line.key, line.name, line.text, line.ecosystem, line.kind, line.origin, _place(line.where)]


def _place(where: Location | None) -> list[Any] | None:
    # Whoever reads it may be in another directory than the install was.
    return None if where is None else [os.path.abspath(where.file), where.line, where.key]  # noqa: PTH100


def from_record(data: Mapping[str, Any]) -> Graph:
    """The graph in a record that :func:`to_record` made."""
    edges = tuple(
        Edge(parent=parent, child=child, range=text, ecosystem=ecosystem, kind=kind)
        for parent, child, text, ecosystem, kind in data["edges"]
    )
    nodes, lines = map(_node_in, data["nodes"]), data["lines"]
    return Graph(
        environment=data["environment"],
        platform=data["platform"],
        python=cast("PythonTarget", _Python(data["python"])),
        nodes={node.key: node for node in nodes},
        lines=None if lines is None else _lines_in(lines),
        edges=edges,
        neighbours=_lines_in(data["neighbours"]),
        tightest={key: (_edges(low, edges), _edges(high, edges)) for key, (low, high) in data["tightest"].items()},
    )


def _edges(numbers: Iterable[int], edges: Sequence[Edge]) -> frozenset[Edge]:
    return frozenset(edges[number] for number in numbers)


def _node_in(row: Sequence[Any]) -> Node:
    key, kind, name, version, overlay_of, content, provides, plan, known, passed_over = row
    return Node(
        key=key,
        kind=kind,
        name=name,
        version=version,
        content=Recorded(*content),
        provides=tuple(_provided_in(each) for each in provides),
        plan=plan and _plan_in(plan),
        metadata=known and cast("Metadata", _Metadata(known[0], known[1], tuple(known[2]))),
        passed_over=tuple(cast("PassedOver", _PassedOver(*each)) for each in passed_over),
        overlay_of=overlay_of,
    )


def _plan_in(row: Sequence[Any]) -> BuildPlan:
    mode, requirements, wheel = row
    prebuilt = wheel and _Prebuilt(wheel[0], wheel[1], wheel[2], tuple(wheel[3]))
    return cast("BuildPlan", _Plan(_Mode(mode), tuple(_Requirement(*each) for each in requirements), prebuilt))


def _provided_in(row: Sequence[Any]) -> ProvidedDistribution:
    name, version, rule, source, where = row
    return cast("ProvidedDistribution", _Provided(name, version, rule, source, _place_in(where)))


def _lines_in(rows: Iterable[Sequence[Any]]) -> dict[str, Line]:
    return {line.key: line for line in map(_line_in, rows)}


def _line_in(row: Sequence[Any]) -> Line:
    key, name, text, ecosystem, kind, origin, where = row
    place = cast("Location | None", _place_in(where))
    return Line(key=key, name=name, text=text, ecosystem=ecosystem, kind=kind, origin=origin, where=place)


def _place_in(row: Sequence[Any] | None) -> _Place | None:
    if row is None:
        return None
    file, line, key = row
    return _Place(label(file), line, key)
