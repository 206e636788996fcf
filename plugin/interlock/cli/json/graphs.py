"""The documents of ``env why``, ``env tree`` and ``env diff``: parts of a graph."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from interlock.cli.knowledge import metadata_origin
from interlock.graph.model import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from interlock.graph.changes import Change
    from interlock.graph.model import Edge, Graph, Node
    from interlock.graph.tree import Branch
    from interlock.graph.why import Why
    from interlock.project.comparing import Comparison, EnvironmentChanges


def why_document(graph: Graph, found: Iterable[Why]) -> dict[str, Any]:
    """Why packages are there."""
    return {
        "environment": graph.environment,
        "platform": graph.platform,
        "packages": [_why(graph, each) for each in found],
    }


def tree_document(graph: Graph, trees: Sequence[Branch], *, inverted: bool) -> dict[str, Any]:
    """The part of the graph that trees span, each node and edge once."""
    branches = [branch for tree in trees for branch in tree.walk()]
    return {
        "environment": graph.environment,
        "platform": graph.platform,
        "inverted": inverted,
        "roots": [tree.item.key for tree in trees],
        "nodes": list({branch.item.key: _item(branch.item) for branch in branches}.values()),
        "edges": [_edge(edge) for edge in dict.fromkeys(edge for each in branches for edge in each.edges)],
    }


def diff_document(found: Comparison) -> dict[str, Any]:
    """Two versions of a lock, by environment and platform."""
    return {"old": found.old, "new": found.new, "environments": environments_document(found)}


def environments_document(found: Comparison) -> list[dict[str, Any]]:
    """The changes of each environment and platform."""
    return [_environment(each) for each in found.environments]


def _environment(found: EnvironmentChanges) -> dict[str, Any]:
    return {
        "environment": found.environment,
        "platform": found.platform,
        "state": found.state,
        "packages": found.packages,
        "changes": [_change(change) for change in found.changes],
    }


def _item(item: Node | Line) -> dict[str, Any]:
    """A package, or a line of the manifest (``ecosystem`` is ``manifest``)."""
    return _line(item) if isinstance(item, Line) else _node(item)


def _line(line: Line) -> dict[str, Any]:
    """A line of the manifest, or what a plugin asks for; ``where`` is null for what has no line of its own."""
    where = None if line.where is None else asdict(line.where)
    return {"key": line.key, "ecosystem": "manifest", "text": line.text, "origin": line.origin, "where": where}


def _node(node: Node) -> dict[str, Any]:
    """A package; ``ecosystem`` is ``conda``, ``pypi``, ``machine``, or ``build`` for what is not installed.

    For what conda provides, ``rule`` and ``source`` say how that is known (:class:`~interlock_hooks.types.NameOrigin`).
    """
    file, source = node.artifact
    return {
        "key": node.key,
        "ecosystem": "build" if node.kind == "overlay" else node.kind,
        "name": node.name,
        "version": node.version,
        "artifact": file,
        "source": source,
        "provides": [
            {"name": entry.name, "version": entry.version, "rule": entry.rule, "source": entry.source or None}
            for entry in node.provides
        ],
        "build_mode": None if node.plan is None else node.plan.mode.value,
        "build_of": node.overlay_of,
    }


def _edge(edge: Edge) -> dict[str, Any]:
    """An edge; ``kind`` is ``needs``, ``limits``, ``builds`` or ``declares``."""
    return {
        "from": edge.parent,
        "to": edge.child,
        "range": edge.range,
        "ecosystem": edge.ecosystem,
        "kind": edge.kind,
    }


def _why(graph: Graph, found: Why) -> dict[str, Any]:
    """Why a package is there; of ``chains`` each one goes from the line down."""
    return {
        **_node(found.node),
        "chains": [
            {
                "line": _item(graph.parent(chains.ways[0][0])),
                "ways": [[_step(graph, edge) for edge in way] for way in chains.ways],
                "total": chains.total,
            }
            for chains in found.chains
        ],
        "ranges": [
            {
                "by": _item(graph.parent(edge)),
                "range": edge.range,
                "ecosystem": edge.ecosystem,
                "kind": edge.kind,
                "tightest_lower": edge in found.lowest,
                "tightest_upper": edge in found.highest,
            }
            for edge in found.ranges
        ],
        "metadata": _metadata(found.node),
        "builds": [{"package": _item(graph.parent(edge)), "requirement": edge.range} for edge in found.builds],
        "not_used": [
            {"version": entry.version, "older": entry.older, "why": entry.why} for entry in found.node.passed_over
        ],
    }


def _metadata(node: Node) -> dict[str, Any] | None:
    """How the metadata of a package is known; null for conda packages, and for wheels that have it themselves."""
    origin, known = metadata_origin(node), node.metadata
    if origin is None:
        return None
    return {
        "origin": origin,
        "place": known.place or None if known else None,
        "refuted": list(known.refuted) if known else [],
    }


def _change(change: Change) -> dict[str, Any]:
    """One change, with what the package was and is."""
    return {
        "kind": change.kind,
        "name": change.node.name,
        "old": None if change.old is None else _node(change.old),
        "new": None if change.new is None else _node(change.new),
        "details": list(change.details),
        "causes": [asdict(cause) for cause in change.causes],
    }


def _step(graph: Graph, edge: Edge) -> dict[str, Any]:
    child = graph.child(edge)
    return {
        "range": edge.range,
        "kind": edge.kind,
        "to": {"key": child.key, "name": child.name, "version": child.version},
    }
