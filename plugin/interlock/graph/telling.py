"""The causes of changes in words: which requirement came, went or changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from interlock.graph.model import LINE_VERBS, Line
from interlock_hooks.types import PyPIPackage

if TYPE_CHECKING:
    from interlock.graph.model import Edge, EdgeKind, Node
    from interlock.graph.pair import Pair
    from interlock_hooks.types import Location

CauseKind = Literal[
    "required", "unfit", "released", "needed", "unneeded", "build", "machine", "settings", "unknown", "free"
]

_VERBS: dict[EdgeKind, str] = {"needs": "requires", "limits": "limits it to"}
_PAST: dict[EdgeKind, str] = {"needs": "required", "limits": "limited it to"}


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason: a sentence, and what it speaks of (``by`` is the key of a node or the place of a line).

    ``required``: a new range excludes the old version, or names another address. ``unfit``: what the old version
    requires is not there any more. ``released``: a range that excluded the new version is gone. ``needed``,
    ``unneeded``: what requires it came, went. ``build``: what it is built with or told by. ``machine``: where a virtual
    package comes from. ``settings``: nothing forced it, but there are other packages to choose from. ``unknown``: the
    manifest, which would say it, is not known. ``free``: nothing forced it.
    """

    kind: CauseKind
    text: str
    by: str | None = None
    range: str | None = None
    was: str | None = None
    where: Location | None = None


class Telling:
    """Tells edges of two graphs as causes."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair

    def come(self, kind: CauseKind, edge: Edge) -> Cause:
        """An edge of the newer graph, and what it was before."""
        parent, fresh = self._pair.new.parent(edge), not self._pair.was_there(edge)
        was = self._pair.before(edge) if fresh else ""
        changed = f" (was {was})" if was else ""
        if isinstance(parent, Line):
            new = " (new)" if fresh and not was and self._pair.old.lines is not None else ""
            text = f"{parent.sentence}{changed}{new}"
        else:
            who, now = self._who(parent), self._elsewhere(parent) if fresh else ""
            text = f"{parent} ({who}) {_VERBS[edge.kind]} {edge.range}{changed or now}"
        return Cause(kind, text, _key(parent), edge.range, was or None, _where(parent))

    def gone(self, kind: CauseKind, edge: Edge) -> Cause:
        """An edge of the older graph that the newer one has not, and what became of its parent."""
        parent, now = self._pair.old.parent(edge), self._pair.after(edge)
        if isinstance(parent, Line):
            text = f"{_speaker(parent)} {_instead(LINE_VERBS[edge.kind][0], now, edge.range)} (before: {parent})"
        elif (after := self._pair.new.nodes.get(parent.key)) is None:
            text = f"{parent} ({parent.label}), which {_PAST[edge.kind]} {edge.range}, is gone"
        elif now == edge.range:
            text = f"another package is used for {after} ({after.label}), which {_VERBS[edge.kind]} {edge.range}"
        else:
            changed = _instead(_VERBS[edge.kind], now, edge.range)
            text = f"{after} ({self._who(after)}) {changed}{self._elsewhere(after).removesuffix(' now')}"
        return Cause(kind, text, _key(parent), now or None, edge.range, _where(parent))

    def _who(self, node: Node) -> str:
        """The ecosystem of a package of the newer graph, and what it was before."""
        before = self._pair.old.nodes.get(node.key)
        if before is None:
            return f"{node.label}, new"
        if before.version != node.version:
            return f"{node.label}, was {before.version}"
        return node.label if before.identity == node.identity else f"{node.label}, another build"

    def _elsewhere(self, node: Node) -> str:
        """Why the same artifact requires other things: extras, markers that speak of the interpreter, or its source."""
        before = self._pair.old.nodes.get(node.key)
        if before is None or before.identity != node.identity:
            return ""
        if dropped := _extras(before) - _extras(node):
            return (
                f", because nothing asks for {', '.join(f'{node.name}[{extra}]' for extra in sorted(dropped))} any more"
            )
        if added := _extras(node) - _extras(before):
            return f" for {', '.join(f'{node.name}[{extra}]' for extra in sorted(added))}"
        was, now = self._pair.old.python.label, self._pair.new.python.label
        return " now" if was == now else f" on python {now} (was {was})"

    def misfit(self, edge: Edge, now: Node) -> Cause:
        """An edge of an earlier package whose range does not admit what there is now."""
        parent = self._pair.old.parent(edge)
        assert not isinstance(parent, Line)  # noqa: S101 - lines are no packages
        text = f"{parent} ({parent.label}) {_VERBS[edge.kind]} {edge.range}, and {now.name} is {_exact(now)} now"
        return Cause("unfit", text, by=edge.child, range=edge.range)


def _speaker(line: Line) -> str:
    """Who said what is gone: lines move, so the place of one comes last."""
    return "the manifest" if line.where is not None or line.origin == "manifest" else line.origin


def _instead(verb: str, now: str, before: str) -> str:
    return f"{verb} {now} instead of {before}" if now else f"no longer {verb} {before}"


def _extras(node: Node) -> frozenset[str]:
    return frozenset(node.content.extras if isinstance(node.content, PyPIPackage) else ())


def _exact(node: Node) -> str:
    build = getattr(node.content, "build", "")
    return f"{node.version} {build}" if node.kind == "conda" else node.version


def _key(parent: Node | Line) -> str:
    return str(parent) if isinstance(parent, Line) else parent.key


def _where(parent: Node | Line) -> Location | None:
    return parent.where if isinstance(parent, Line) else None
