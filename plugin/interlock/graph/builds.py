"""Why a package is built again from the same source: its settings, its environment, its compilers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from interlock.core.counting import named
from interlock.core.pep508 import required_name
from interlock.graph.plans import discovered, manifest_differences
from interlock.graph.telling import Cause
from interlock_hooks.types import BuildMode

if TYPE_CHECKING:
    from interlock.graph.model import Graph, Node
    from interlock_hooks.types import BuildPlan

_MOST_NAMED = 3  # of the compilers: a toolkit is many packages


class Builds:
    """Derives the causes of rebuilds; ``is_toolchain`` tells which conda packages reach everything that is built."""

    def __init__(self, old: Graph, new: Graph, is_toolchain: Callable[[str], bool]) -> None:
        self._old = old
        self._new = new
        self._is_toolchain = is_toolchain

    def causes(self, old: BuildPlan, new: BuildPlan) -> tuple[Cause, ...]:
        """What in the environment or the manifest makes a build another one; empty if nothing does."""
        causes = [*self._environment_of_builds]
        causes += [Cause("build", f"discovery found that the build needs {text}") for text in discovered(old, new)]
        if manifest_differences(old, new):
            causes.append(Cause("build", "its build settings changed in the manifest or in a plugin"))
        before, after = _distributions(self._old), _distributions(self._new)
        for name in sorted(_seen_by(new) & before.keys() & after.keys()):
            if _differ(before[name], after[name]):
                verb = "is matched to" if new.mode is BuildMode.MATCHED else "is built with"
                versions = " → ".join(dict.fromkeys((before[name].version, after[name].version)))
                causes.append(Cause("build", f"it {verb} {name}, which changed: {versions}", by=after[name].key))
        return tuple(causes)

    @cached_property
    def _environment_of_builds(self) -> tuple[Cause, ...]:
        """What makes every build another one: the interpreter that it is for, and the compilers."""
        causes = []
        was, now = self._old.python, self._new.python
        if (was.minor, was.free_threaded) != (now.minor, now.free_threaded):
            causes.append(Cause("build", f"it is built for python {now.label} (was {was.label})", "conda:python"))
        if compilers := self._changed_compilers():
            causes.append(Cause("build", f"the compilers changed: {named(compilers, _MOST_NAMED)}"))
        return tuple(causes)

    def _changed_compilers(self) -> list[str]:
        found = []
        for key in sorted({**self._old.nodes, **self._new.nodes}):
            before, after = self._old.nodes.get(key), self._new.nodes.get(key)
            node = after or before
            if node and node.kind == "conda" and self._is_toolchain(node.name) and _differ(before, after):
                versions = dict.fromkeys(side.version for side in (before, after) if side)
                found.append(f"{'' if before and after else '+ ' if after else '- '}{node.name} {' → '.join(versions)}")
        return found


def _differ(before: Node | None, after: Node | None) -> bool:
    return before is None or after is None or before.identity != after.identity


def _distributions(graph: Graph) -> dict[str, Node]:
    installed = [node for node in graph.nodes.values() if node.kind in ("conda", "pypi")]
    return {name: node for node in installed for name in _distribution_names(node)}


def _distribution_names(node: Node) -> list[str]:
    return [node.name] if node.kind == "pypi" else [entry.name for entry in node.provides]


def _seen_by(plan: BuildPlan) -> set[str]:
    """The distributions of the environment that the build of a plan sees and uses."""
    if plan.mode is BuildMode.ISOLATED:
        return set()
    matched: set[str] = {required_name(entry.requirement) for entry in plan.requirements if entry.match_runtime}
    if plan.mode is BuildMode.MATCHED:
        return matched
    required = (required_name(entry.requirement) for entry in plan.requirements)
    used = required if plan.imports is None else plan.imports
    return {*matched, *used} - {package.name for package in plan.overlay}
