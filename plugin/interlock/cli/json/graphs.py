"""The documents of ``env why``, ``env tree`` and ``env diff``: parts of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.knowledge import metadata_origin
from interlock.graph.model import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from interlock.cli.documents import graphs as documents
    from interlock.cli.documents import shared
    from interlock.graph.changes import Change
    from interlock.graph.model import Edge, Graph, Node
    from interlock.graph.telling import Cause
    from interlock.graph.tree import Branch
    from interlock.graph.why import Why
    from interlock.project.comparing import Comparison, EnvironmentChanges
    from interlock_hooks.types import BuildPlan, Location


def why_document(graph: Graph, found: Iterable[Why]) -> documents.EnvWhy:
    """Why packages are there."""
    return {
        "environment": graph.environment,
        "platform": graph.platform,
        "packages": [_why(graph, each) for each in found],
    }


def tree_document(graph: Graph, trees: Sequence[Branch], *, inverted: bool) -> documents.EnvTree:
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


def diff_document(found: Comparison) -> documents.EnvDiff:
    """Two versions of a lock, by environment and platform."""
    return {"old": found.old, "new": found.new, "environments": environments_document(found)}


def environments_document(found: Comparison) -> list[documents.EnvironmentChanges]:
    """The changes of each environment and platform."""
    return [_environment(each) for each in found.environments]


def _environment(found: EnvironmentChanges) -> documents.EnvironmentChanges:
    return {
        "environment": found.environment,
        "platform": found.platform,
        "state": found.state,
        "packages": found.packages,
        "changes": [_change(change) for change in found.changes],
    }


def _item(item: Node | Line) -> documents.Node | documents.Line:
    """A package, or a line of the manifest (``ecosystem`` is ``manifest``)."""
    return _line(item) if isinstance(item, Line) else _node(item)


def _line(line: Line) -> documents.Line:
    """A line of the manifest, or what a plugin asks for; ``where`` is null for what has no line of its own."""
    return {
        "key": line.key,
        "ecosystem": "manifest",
        "text": line.text,
        "origin": line.origin,
        "where": _place(line.where),
    }


def _place(where: Location | None) -> shared.Location | None:
    return None if where is None else {"file": where.file, "line": where.line, "key": where.key}


def _node(node: Node) -> documents.Node:
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


def _edge(edge: Edge) -> documents.Edge:
    """An edge; ``kind`` is ``needs``, ``limits``, ``builds`` or ``declares``."""
    return {
        "from": edge.parent,
        "to": edge.child,
        "range": edge.range,
        "ecosystem": edge.ecosystem,
        "kind": edge.kind,
    }


def _why(graph: Graph, found: Why) -> documents.WhyPackage:
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
        "prebuilt": _prebuilt(found.node.plan),
        "builds": [{"package": _item(graph.parent(edge)), "requirement": edge.range} for edge in found.builds],
        "not_used": [
            {"version": entry.version, "older": entry.older, "why": entry.why} for entry in found.node.passed_over
        ],
    }


def _metadata(node: Node) -> documents.KnownMetadata | None:
    """How the metadata of a package is known; null for conda packages, and for wheels that have it themselves."""
    origin, known = metadata_origin(node), node.metadata
    if origin is None:
        return None
    return {
        "origin": origin,
        "place": known.place or None if known else None,
        "refuted": list(known.refuted) if known else [],
    }


def _prebuilt(plan: BuildPlan | None) -> documents.PrebuiltWheel | None:
    """The prebuilt wheel of a plan."""
    if plan is None or plan.prebuilt is None:
        return None
    # Imported here: few packages have one, and `env tree --json` imports little else.
    from interlock.core.urls import without_credentials

    prebuilt = plan.prebuilt
    return {
        "filename": prebuilt.filename,
        "source": without_credentials(prebuilt.url),
        "sha256": prebuilt.sha256,
        "why": list(prebuilt.why),
    }


def _change(change: Change) -> documents.Change:
    """One change, with what the package was and is."""
    return {
        "kind": change.kind,
        "name": change.node.name,
        "old": None if change.old is None else _node(change.old),
        "new": None if change.new is None else _node(change.new),
        "details": list(change.details),
        "causes": [_cause(cause) for cause in change.causes],
    }


def _cause(cause: Cause) -> documents.Cause:
    return {
        "kind": cause.kind,
        "text": cause.text,
        "by": cause.by,
        "range": cause.range,
        "was": cause.was,
        "where": _place(cause.where),
    }


def _step(graph: Graph, edge: Edge) -> documents.Step:
    child = graph.child(edge)
    return {
        "range": edge.range,
        "kind": edge.kind,
        "to": {"key": child.key, "name": child.name, "version": child.version},
    }
