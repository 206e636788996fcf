"""Locked environments as graphs, with the lines of the manifest and what solve groups have to say."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from interlock.graph.assemble import assemble
from interlock.graph.neighbours import beside
from interlock.project.lines import lines_of
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock.graph.model import Graph, Line, Settings
    from interlock.lock.model import Lock
    from interlock.manifest import Workspace
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import EnvironmentRequest, LockedEnvironment


def graph_in(
    lock: Lock,
    locked: LockedEnvironment,
    request: EnvironmentRequest | None,
    settings: Settings = MappingProxyType({}),
    *,
    workspace: Workspace | None = None,
    plugins: Plugins | None = None,
) -> Graph:
    """The graph of an environment in a lock, with the ranges that the other members of its solve group have.

    ``request`` is what the manifest asks for in it; ``workspace`` tells what these ask for; both as far as is known.
    """
    lines = None if request is None or plugins is None else lines_of(request, locked, plugins)
    graph = assemble(locked, lines, settings)
    others = [assemble(each, _lines(each, workspace, plugins)) for each in _others(lock, locked)]
    return beside(graph, others) if others else graph


def _others(lock: Lock, locked: LockedEnvironment) -> Iterator[LockedEnvironment]:
    if locked.group is None:
        return
    for entry in lock.environments:
        other = lock.get(entry.name, locked.platform)
        if other is not None and other.group == locked.group and other.name != locked.name:
            yield other


def _lines(locked: LockedEnvironment, workspace: Workspace | None, plugins: Plugins | None) -> tuple[Line, ...] | None:
    if workspace is None or plugins is None:
        return None
    try:
        return lines_of(workspace.request(locked.name, locked.platform), locked, plugins)
    except InterlockError:
        return None
