"""Finding packages by the name that a user types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.names import normal_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.graph.model import Graph, Node
    from interlock_hooks.types import Finding

_MOST_GUESSES = 3


def find(graph: Graph, name: str, *, elsewhere: Iterable[Graph] = ()) -> tuple[Node, ...]:
    """The packages with a conda or PyPI name, in any spelling: those of the environment, then those of builds.

    Raises :class:`InterlockError` (IL693) when there is none, with the nearest names; ``elsewhere`` are other
    environments to look into then.
    """
    found = find_all(graph, name)
    if not found:
        # Imported here, as below: most names are those of a package.
        from interlock_hooks.types import InterlockError

        raise InterlockError(_unknown(graph, name, normal_name(name), elsewhere))
    return found


def find_all(graph: Graph, name: str) -> tuple[Node, ...]:
    """The same, and nothing where there is none."""
    wanted = normal_name(name)
    found = [node for node in graph.nodes.values() if wanted in node.names]
    return tuple(sorted(found, key=lambda node: node.kind == "overlay"))


def _unknown(graph: Graph, name: str, wanted: str, elsewhere: Iterable[Graph]) -> Finding:
    from interlock.graph.findings import unknown_package

    asked = [line for line in (graph.lines or {}).values() if normal_name(line.name) == wanted]
    others = [other for other in elsewhere if any(wanted in node.names for node in other.nodes.values())]
    line = asked[0] if asked else None
    return unknown_package(graph, name, line=line, others=others, guesses=_nearest(graph, wanted))


def _nearest(graph: Graph, wanted: str) -> list[str]:
    from difflib import get_close_matches

    spellings = {alias: node.name for node in graph.nodes.values() for alias in node.names}
    # What is provided under another name is told by the name that was nearly typed.
    spellings |= {entry.name: entry.name for node in graph.nodes.values() for entry in node.provides}
    close = get_close_matches(wanted, spellings, n=_MOST_GUESSES)
    inside = sorted(alias for alias in spellings if len(wanted) > 2 and wanted in alias and alias not in close)
    return list(dict.fromkeys(spellings[alias] for alias in (*close, *inside)))[:_MOST_GUESSES]
