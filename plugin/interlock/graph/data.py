"""Parts of a graph as JSON-ready data; the keys are part of the ``--json`` contract."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from interlock.graph.model import Line
from interlock_hooks.types import CondaRecord, PyPIPackage

if TYPE_CHECKING:
    from interlock.graph.changes import Change
    from interlock.graph.model import Edge, Graph, Node
    from interlock.graph.why import Why


def item_data(item: Node | Line) -> dict[str, Any]:
    """A package, or a line of the manifest (``ecosystem`` is ``manifest``)."""
    return line_data(item) if isinstance(item, Line) else node_data(item)


def line_data(line: Line) -> dict[str, Any]:
    """A line of the manifest, or what a plugin asks for; ``where`` is null for what has no line of its own."""
    where = None if line.where is None else asdict(line.where)
    return {"key": line.key, "ecosystem": "manifest", "text": line.text, "origin": line.origin, "where": where}


def node_data(node: Node) -> dict[str, Any]:
    """A package; ``ecosystem`` is ``conda``, ``pypi``, ``machine``, or ``build`` for what is not installed.

    For what conda provides, ``rule`` and ``source`` say how that is known (:class:`~interlock_hooks.types.NameOrigin`).
    """
    file, source = artifact(node)
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


def artifact(node: Node) -> tuple[str, str]:
    """The file (or checkout, directory, origin) that a package is, and the channel or index that it came from."""
    content = node.content
    if isinstance(content, CondaRecord):
        return content.file_name, content.channel
    if isinstance(content, PyPIPackage):
        found = content.artifact
        commit = f" at {found.commit}" if found.commit else ""
        return found.filename or f"{found.url}{commit}", content.index or ""
    return content.build, content.origin


def edge_data(edge: Edge) -> dict[str, Any]:
    """An edge; ``kind`` is ``needs``, ``limits``, ``builds`` or ``declares``."""
    return {
        "from": edge.parent,
        "to": edge.child,
        "range": edge.range,
        "ecosystem": edge.ecosystem,
        "kind": edge.kind,
    }


def why_data(graph: Graph, found: Why) -> dict[str, Any]:
    """Why a package is there; of ``chains`` each one goes from the line down."""
    return {
        **node_data(found.node),
        "chains": [
            {
                "line": item_data(graph.parent(chains.ways[0][0])),
                "ways": [[_step(graph, edge) for edge in way] for way in chains.ways],
                "total": chains.total,
            }
            for chains in found.chains
        ],
        "ranges": [
            {
                "by": item_data(graph.parent(edge)),
                "range": edge.range,
                "ecosystem": edge.ecosystem,
                "kind": edge.kind,
                "tightest_lower": edge in found.lowest,
                "tightest_upper": edge in found.highest,
            }
            for edge in found.ranges
        ],
        "builds": [{"package": item_data(graph.parent(edge)), "requirement": edge.range} for edge in found.builds],
    }


def change_data(change: Change) -> dict[str, Any]:
    """One change, with what the package was and is."""
    return {
        "kind": change.kind,
        "name": change.node.name,
        "old": None if change.old is None else node_data(change.old),
        "new": None if change.new is None else node_data(change.new),
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
