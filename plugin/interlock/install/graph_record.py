"""The graph of an environment beside its state, for `env tree` and `env why`: kept apart, as a no-op does not read it.

The state has the digest of the record. So what is found holds whenever the state does
(:func:`~interlock.install.fresh.fresh_state`), and a record that is damaged, or of another install, counts as none.
"""

from __future__ import annotations

import json
import os

from interlock.install.fresh import GRAPH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any


def write_graph(prefix: Path, graph: Mapping[str, Any] | None) -> str | None:
    """Keep a graph in a prefix, in place of an earlier one; returns the digest for the state. Raises `OSError`."""
    from interlock.core.files import write_atomic

    if graph is None:
        (prefix / GRAPH).unlink(missing_ok=True)
        return None
    text = json.dumps(graph, separators=(",", ":"))
    write_atomic(prefix / GRAPH, text, alone=True)
    return _digest(text.encode())


def read_graph(state: Mapping[str, Any]) -> Any:
    """The graph that the install with this state kept, ``None`` if it kept none or it cannot be read."""
    if not isinstance(state.get("graph"), str):
        return None
    try:
        with open(os.path.join(state["prefix"], GRAPH), "rb") as file:
            content = file.read()
        return json.loads(content) if _digest(content) == state["graph"] else None
    except (OSError, ValueError, RecursionError):
        return None


def last_graph(prefix: Path) -> Any:
    """The graph that an earlier install kept in a prefix, whatever has changed since; ``None`` if none can be read."""
    try:
        return json.loads((prefix / GRAPH).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _digest(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()
