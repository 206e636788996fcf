"""Finding packages by the name that a user types."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.graph.model import Graph, Node

_MOST_GUESSES = 3


def find(graph: Graph, name: str, *, elsewhere: Iterable[Graph] = ()) -> tuple[Node, ...]:
    """The packages that answer to a conda or PyPI name in any spelling: those of the environment, then of builds.

    Raises :class:`InterlockError` (IL693) when there is none, with the nearest names; ``elsewhere`` are other
    environments to look into then.
    """
    wanted = canonicalize_name(name)
    found = [node for node in graph.nodes.values() if wanted in node.names]
    if not found:
        raise InterlockError(_unknown(graph, name, wanted, elsewhere))
    return tuple(sorted(found, key=lambda node: node.kind == "overlay"))


def _unknown(graph: Graph, name: str, wanted: str, elsewhere: Iterable[Graph]) -> Finding:
    asked = [line for line in (graph.lines or {}).values() if canonicalize_name(line.name) == wanted]
    others = [other for other in elsewhere if any(wanted in node.names for node in other.nodes.values())]
    why, fix = "neither conda nor PyPI packages nor what builds use answer to that name", ""
    if asked:
        why, fix = f"{asked[0].sentence}, but the lock does not hold it", "run `interlock env lock`"
    elif others:
        first = others[0]
        why = f"it is in {', '.join(f'{other.environment} on {other.platform}' for other in others)}"
        fix = f"add `-e {first.environment}`" if first.environment != graph.environment else ""
        fix = fix or f"add `-p {first.platform}`"
    elif guesses := _nearest(graph, wanted):
        fix = f"did you mean {' or '.join(guesses)}?"
    return Finding(
        code="IL693",
        what=f"environment {graph.environment} on {graph.platform} has no package {name!r}",
        why=why,
        where=asked[0].where if asked else None,
        fix=fix or "`interlock env list` shows what there is",
    )


def _nearest(graph: Graph, wanted: str) -> list[str]:
    spellings = {alias: node.name for node in graph.nodes.values() for alias in node.names}
    # What is provided under another name is told by the name that was nearly typed.
    spellings |= {entry.name: entry.name for node in graph.nodes.values() for entry in node.provides}
    close = get_close_matches(wanted, spellings, n=_MOST_GUESSES)
    inside = sorted(alias for alias in spellings if len(wanted) > 2 and wanted in alias and alias not in close)
    return list(dict.fromkeys(spellings[alias] for alias in (*close, *inside)))[:_MOST_GUESSES]
