"""A locked environment as the inspecting commands see it: its graph, and what a user should know of lock and manifest.

Little is imported: right after an install, the graph comes from the record that this left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from interlock.graph.lookup import find, find_all
from interlock.graph.recorded import from_record, origin_of
from interlock.install.graph_record import read_graph

if TYPE_CHECKING:
    from interlock.graph.model import Graph, Node
    from interlock.graph.recorded import Origin
    from interlock.graph.tree import Branch
    from interlock.graph.why import Why
    from interlock_hooks.types import Finding


class Inspected(NamedTuple):
    """The graph of a locked environment.

    ``origin`` tells which rule says that a record provides a distribution, ``None`` if the lock does not know.
    ``elsewhere`` gives the graphs of the other environments in the lock.
    """

    graph: Graph
    origin: Origin
    elsewhere: Callable[[], Iterable[Graph]]
    findings: tuple[Finding, ...] = ()

    def find(self, name: str) -> tuple[Node, ...]:
        """The packages of that name. Raises :class:`InterlockError` (IL693), looking into the rest of the lock."""
        return find(self.graph, name, elsewhere=self.elsewhere())

    def why(self, name: str) -> tuple[Why, ...]:
        """Why each package of that name is there: conda's, PyPI's, and those of builds. Raises as :meth:`find`."""
        # Imported here: an install only records the graph.
        from interlock.graph.why import why

        return tuple(why(self.graph, node) for node in self.find(name))

    def tree(
        self, name: str | None, *, invert: bool = False, depth: int | None = None, builds: bool = False
    ) -> tuple[Branch, ...]:
        """The trees over the packages of that name, by default over the whole graph. Raises as :meth:`find`."""
        from interlock.graph.tree import TreeOptions, make_tree

        roots = self.find(name) if name else ()
        return make_tree(self.graph, roots, TreeOptions(invert=invert, depth=depth, builds=builds))


def inspect_again(state: Mapping[str, Any], name: str | None) -> Inspected | None:
    """What the install with this ``state``, which holds, recorded of its environment.

    ``None`` if it recorded nothing, or no package with that ``name``: whoever looks at the whole lock can say more.
    """
    record = read_graph(state)
    if record is None:
        return None
    try:
        graph = from_record(record)
    except (AttributeError, LookupError, TypeError, ValueError):
        # Another version of Interlock has written it.
        return None
    return Inspected(graph, origin_of, tuple) if name is None or find_all(graph, name) else None
