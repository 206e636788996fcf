"""Because of what a package changed: what two graphs prove, and no more.

A cause is derived, not remembered: a lock does not record why a solver chose. What no range that excludes the old
version proves, nor a requirement that came or went, is called free to move.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from interlock.core.urls import shown
from interlock.graph.pair import Pair, leading
from interlock.graph.ranges import admits, fits_interpreter, names_address, restricts
from interlock.graph.telling import Cause, Telling
from interlock_hooks.types import PyPIPackage, VirtualPackage

if TYPE_CHECKING:
    from interlock.graph.model import Ecosystem, Edge, Graph, Node

FREE = "nothing in the two locks forced it: it was free to move"
_ORIGINS = {
    "detected": "it was detected on the machine that locked",
    "override": "a CONDA_OVERRIDE variable sets it",
    "default": "it is the default for this platform",
    "plugin": "a plugin sets it",
}


class Causes:
    """Derives the causes of changes from one graph to another."""

    def __init__(self, old: Graph, new: Graph) -> None:
        self._old = old
        self._new = new
        self._pair = Pair(old, new)
        self._telling = Telling(self._pair)

    def of_change(self, old: Node, new: Node) -> tuple[Cause, ...]:
        """Why a package has another version or artifact."""
        found = [*_source(old, new), *self._requiring(old, new), *self._unfit(old, new), *self._wrong_interpreter(old)]
        return tuple(found or self._released(old, new)) or _machine(new) or self.of_freedom(new)

    def of_addition(self, new: Node) -> tuple[Cause, ...]:
        """Why a package is there that was not."""
        edges = leading(self._new, new)
        fresh = [edge for edge in edges if not self._pair.was_there(edge)] or edges
        return tuple(self._telling.come("needed", edge) for edge in fresh) or _machine(new) or self._unexplained()

    def of_removal(self, old: Node) -> tuple[Cause, ...]:
        """Why a package is gone."""
        gone = [edge for edge in leading(self._old, old) if not self._pair.is_there(edge)]
        return tuple(self._telling.gone("unneeded", edge) for edge in gone) or self._unexplained()

    def of_move(self, old: Node, new: Node) -> tuple[Cause, ...]:
        """Why the other ecosystem provides a package now: conda, whose packages come first, has begun to or ceased."""
        if new.kind == "conda":
            return self.of_addition(new)
        gone = [edge for edge in leading(self._old, old) if edge.ecosystem == "conda" and not self._pair.is_there(edge)]
        return (*(self._telling.gone("unneeded", edge) for edge in gone), *self.of_addition(new))

    def of_freedom(self, new: Node) -> tuple[Cause, ...]:
        """What there is to say when nothing forced a change."""
        if self._old.lines is None or self._new.lines is None:
            return (Cause("unknown", "no package forced it, and the manifest at that time is unknown"),)
        ecosystem: Ecosystem = "conda" if new.kind == "conda" else "pypi"
        before, after = self._old.settings.get(ecosystem, {}), self._new.settings.get(ecosystem, {})
        changed = [key for key in after if key in before and before[key] != after[key]]
        if changed:
            text = f"nothing forced it, but the manifest changed {', '.join(changed)}"
            return (Cause("settings", text),)
        return (Cause("free", FREE),)

    def _unexplained(self) -> tuple[Cause, ...]:
        if self._old.lines is None or self._new.lines is None:
            return (Cause("unknown", "no package says why, and the manifest at that time is unknown"),)
        return (Cause("unknown", "neither a package nor the manifest says why"),)

    # -- what excludes a version, or did ---------------------------------------------------------------------------

    def _requiring(self, old: Node, new: Node) -> Iterator[Cause]:
        arriving = [edge for edge in self._new.above.get(new.key, []) if edge.kind != "builds"]
        excluding = [edge for edge in arriving if not self._pair.was_there(edge) and self._excludes(edge, old)]
        # Packages that could not stay as they were beside the new version mostly follow it: every package that is
        # built for an interpreter requires the new one. They count if nobody else says anything.
        held = {edge.parent for edge in self._old.above.get(old.key, []) if admits(edge, new) is False}
        leaders = [edge for edge in excluding if edge.parent not in held or edge.parent in (self._new.lines or ())]
        return (self._telling.come("required", edge) for edge in leaders or excluding)

    def _excludes(self, edge: Edge, old: Node) -> bool:
        """Whether a new edge is not for the old version: its range excludes that, or it names another address."""
        known = self._old.lines is not None or self._pair.before(edge)
        return admits(edge, old) is False or (bool(known) and names_address(edge))

    def _unfit(self, old: Node, new: Node) -> Iterator[Cause]:
        for edge in self._misfits(old):
            now = self._new.nodes[edge.child]
            if not self._follows(edge.child, new.key):
                yield self._telling.misfit(edge, now)

    def _misfits(self, old: Node) -> Iterator[Edge]:
        """What an earlier package requires and the newer graph has otherwise."""
        for edge in self._old.below.get(old.key, []):
            now = self._new.nodes.get(edge.child)
            if edge.kind != "builds" and now and self._pair.differs(edge.child) and admits(edge, now) is False:
                yield edge

    def _follows(self, key: str, leader: str) -> bool:
        """Whether a package changed because the leader did, and for no other reason; then it explains nothing."""
        old = self._old.nodes[key]
        excluding = {edge.parent for edge in self._new.above.get(key, []) if admits(edge, old) is False}
        return excluding == {leader} and not any(edge.child != leader for edge in self._misfits(old))

    def _wrong_interpreter(self, old: Node) -> Iterator[Cause]:
        if isinstance(old.content, PyPIPackage) and not fits_interpreter(old.content, self._new.python):
            was, now = self._old.python.label, self._new.python.label
            text = f"{old.content.artifact.filename} is not for python {now} (was {was})"
            yield Cause("unfit", text, by="conda:python")

    def _released(self, old: Node, new: Node) -> Iterator[Cause]:
        for edge in self._old.above.get(old.key, []):
            held = edge.kind != "builds" and restricts(edge) and admits(edge, new) is False
            if held and not self._pair.is_there(edge):
                yield self._telling.gone("released", edge)


def _source(old: Node, new: Node) -> Iterator[Cause]:
    """Another content of the directory that a conda package is built from."""
    before, after = (getattr(node.content, "built_from", None) for node in (old, new))
    if before and after and (before.url, before.recipe) == (after.url, after.recipe) and before.digest != after.digest:
        yield Cause("build", f"{shown(after.url)}, from which it is built, changed")


def _machine(node: Node) -> tuple[Cause, ...]:
    if not isinstance(node.content, VirtualPackage):
        return ()
    return (Cause("machine", _ORIGINS.get(node.content.origin, f"origin: {node.content.origin}")),)
