"""A locked environment looked up in lock and manifest, and what an install records of that."""

from __future__ import annotations

import sys
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from interlock.graph.assemble import assemble
from interlock.graph.recorded import from_record, to_record
from interlock.graph.why import tightest_of
from interlock.install.graph_record import last_graph
from interlock.lock.findings import missing
from interlock.project.findings.locks import outdated_lock
from interlock.project.graphs import graph_in
from interlock.project.inspected import Inspected
from interlock.project.platforms import locked_platform
from interlock.project.reading import Opened, is_outdated, refused
from interlock.solve.names import located
from interlock_hooks.types import CondaRecord, InterlockError, NameOrigin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from interlock.graph.model import Graph, Node, Tightest
    from interlock.lock.model import Lock
    from interlock.project.opening import Project
    from interlock_hooks.types import EnvironmentRequest, ProvidedDistribution


def inspect_locked(opened: Opened, lock: Lock, environment: str, platform: str | None = None) -> Inspected:
    """The graph of what a lock has for an environment, with all that a user should know of it.

    Raises :class:`InterlockError`: IL112 and IL115 as the manifest does, IL605 where the lock holds nothing.
    """
    wanted = platform or locked_platform(opened.project, lock, environment)
    doubts = (*opened.findings, *refused(opened, environment, wanted))
    request = None if opened.project is None or doubts else opened.project.workspace.request(environment, wanted)
    target = wanted if request is None else request.target
    locked = lock.get(environment, target)
    if locked is None:
        raise InterlockError(missing(opened.layout.lock_file, environment, target, known=lock.platforms(environment)))
    findings = list(doubts)
    if request is not None and is_outdated(opened, lock, environment, wanted):
        findings.append(outdated_lock(opened.layout.lock_file, environment, target))
    workspace, plugins = (opened.project.workspace, opened.project.plugins) if opened.project else (None, None)
    graph = graph_in(lock, locked, request, workspace=workspace, plugins=plugins)

    def origin(node: Node, provided: ProvidedDistribution) -> NameOrigin | None:
        if provided.rule is None:
            return None
        found = NameOrigin(rule=provided.rule, source=provided.source)
        if request is None or not isinstance(node.content, CondaRecord):
            return found
        return located(found, node.content, request)

    def elsewhere() -> Iterator[Graph]:
        return (assemble(each, None) for each in lock.answers if (each.name, each.platform) != (environment, target))

    return Inspected(graph, origin, elsewhere, tuple(findings))


def graph_record(project: Project, lock: Lock, request: EnvironmentRequest) -> dict[str, Any] | None:
    """The graph of an environment that is being installed, for :func:`~interlock.project.inspected.inspect_again`.

    ``None`` if there is more to say of it than a graph, or a plugin has a say, whose answers may depend on anything.
    """
    if project.workspace.plugins:
        return None
    try:
        found = inspect_locked(Opened(project.layout, project), lock, request.name)
    except InterlockError:
        return None
    if found.findings or found.graph.platform != request.target:
        return None
    earlier = cache(partial(_earlier, project.layout.prefix(request.name)))
    return to_record(found.graph, found.origin, partial(_tightest, earlier))


def _tightest(earlier: Callable[[], Graph | None], graph: Graph, node: Node) -> Tightest | None:
    """What bounds a node. Only rattler can compare versions of conda: an install is not to load it for this alone.

    Then what an ``earlier`` install found counts, if the same edges lead to the node.
    """
    edges = graph.above.get(node.key, [])
    of_conda = node.kind in ("conda", "machine") or any(edge.ecosystem == "conda" for edge in edges)
    if "rattler" in sys.modules or not of_conda:
        return tightest_of(graph, node)
    known = earlier()
    return known.tightest.get(node.key) if known and set(known.above.get(node.key, [])) == set(edges) else None


def _earlier(prefix: Path) -> Graph | None:
    try:
        return from_record(last_graph(prefix))
    except (AttributeError, LookupError, TypeError, ValueError):
        # There is none, or another version of Interlock has written it.
        return None
