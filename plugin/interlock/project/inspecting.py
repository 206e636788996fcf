"""A locked environment as the inspecting commands see it: its graph, with the manifest's lines where they are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.core.names import DEFAULT_FOLDER
from interlock.graph.assemble import assemble
from interlock.graph.lookup import find
from interlock.graph.tree import TreeOptions, make_tree
from interlock.graph.why import why
from interlock.lock.findings import missing
from interlock.lock.model import Lock
from interlock.lock.reader import read
from interlock.project.findings import outdated_lock
from interlock.project.graphs import graph_in
from interlock.project.platforms import locked_platform
from interlock.project.reading import is_outdated, open_for_inspection, refused
from interlock.solve.names import located
from interlock_hooks.types import CondaRecord, Finding, InterlockError, NameOrigin

if TYPE_CHECKING:
    from interlock.graph.model import Graph, Node
    from interlock.graph.tree import Branch
    from interlock.graph.why import Why
    from interlock_hooks.types import EnvironmentRequest, ProvidedDistribution


@dataclass(frozen=True, slots=True)
class Inspected:
    """The graph of a locked environment, and what a user should know of its lock and manifest."""

    graph: Graph
    lock: Lock
    request: EnvironmentRequest | None = None
    findings: tuple[Finding, ...] = ()

    def origin(self, node: Node, provided: ProvidedDistribution) -> NameOrigin | None:
        """Which rule says that a record provides a distribution; ``None`` if the lock does not know."""
        if provided.rule is None:
            return None
        origin = NameOrigin(rule=provided.rule, source=provided.source)
        if self.request is None or not isinstance(node.content, CondaRecord):
            return origin
        return located(origin, node.content, self.request)

    def find(self, name: str) -> tuple[Node, ...]:
        """The packages of that name. Raises :class:`InterlockError` (IL693), looking into the rest of the lock."""
        here = (self.graph.environment, self.graph.platform)
        others = (assemble(locked, None) for locked in self.lock.answers if (locked.name, locked.platform) != here)
        return find(self.graph, name, elsewhere=others)

    def why(self, name: str) -> tuple[Why, ...]:
        """Why each package of that name is there: conda's, PyPI's, and those of builds. Raises as :meth:`find`."""
        return tuple(why(self.graph, node) for node in self.find(name))

    def tree(
        self, name: str | None, *, invert: bool = False, depth: int | None = None, builds: bool = False
    ) -> tuple[Branch, ...]:
        """The trees over the packages of that name, by default over the whole graph. Raises as :meth:`find`."""
        roots = self.find(name) if name else ()
        return make_tree(self.graph, roots, TreeOptions(invert=invert, depth=depth, builds=builds))


def inspect(
    environment: str, platform: str | None = None, *, manifest_path: str | None = None, folder: str = DEFAULT_FOLDER
) -> Inspected:
    """The graph of what is locked for an environment on a platform, by default this machine's if it is locked.

    Raises :class:`InterlockError`: IL112 and IL115 as the manifest does, IL605 where the lock holds nothing.
    """
    opened = open_for_inspection(manifest_path, folder=folder)
    lock = read(opened.layout.lock_file, root=opened.layout.root) or Lock()
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
    return Inspected(graph, lock, request, tuple(findings))
