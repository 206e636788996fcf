"""Findings about a locked environment as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock_hooks.types import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.graph.model import Graph, Line


def unknown_package(
    graph: Graph, name: str, *, line: Line | None, others: Sequence[Graph], guesses: Sequence[str]
) -> Finding:
    """IL693: the environment has no package with this name.

    ``line`` is a line of the manifest that asks for it, ``others`` are environments that have it, ``guesses`` similar
    names.
    """
    why, fix = "no conda package, PyPI package or build requirement has this name", ""
    if line is not None:
        why, fix = f"{line.sentence}, but the lock does not contain it", "run `interlock env lock`"
    elif others:
        first = others[0]
        why = f"it is in {', '.join(f'{other.environment} on {other.platform}' for other in others)}"
        fix = f"add `-e {first.environment}`" if first.environment != graph.environment else ""
        fix = fix or f"add `-p {first.platform}`"
    elif guesses:
        fix = f"did you mean {' or '.join(guesses)}?"
    return Finding(
        code="IL693",
        what=f"environment {graph.environment} on {graph.platform} has no package {name!r}",
        why=why,
        where=line.where if line is not None else None,
        fix=fix or "run `interlock env list` to see all packages",
    )
