"""The differences between two locked environments, package by package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from packaging.version import Version

from interlock.core.urls import shown
from interlock.graph.builds import Builds
from interlock.graph.causes import Causes
from interlock.graph.plans import plan_differences
from interlock_hooks.types import CondaRecord, PyPIPackage

if TYPE_CHECKING:
    from interlock.graph.model import Graph, Node
    from interlock.graph.telling import Cause
    from interlock_hooks.types import Artifact

ChangeKind = Literal["added", "removed", "upgraded", "downgraded", "moved", "changed", "rebuilt"]


@dataclass(frozen=True, slots=True)
class Change:
    """One package that is not what it was.

    ``moved`` is from one ecosystem to the other, ``changed`` another artifact of the same version, ``rebuilt`` the same
    source that is built otherwise or against something else. ``details`` say how it differs, ``causes`` why.
    """

    kind: ChangeKind
    old: Node | None
    new: Node | None
    details: tuple[str, ...]
    causes: tuple[Cause, ...]

    @property
    def node(self) -> Node:
        """The package as it is now, or as it was if it is gone."""
        node = self.new or self.old
        assert node is not None  # noqa: S101 - one of them is what changed
        return node


def compare(old: Graph, new: Graph, *, is_toolchain: Callable[[str], bool] = lambda _: False) -> tuple[Change, ...]:
    """All changes from one locked environment to another, by name.

    ``is_toolchain`` tells which conda packages reach everything that is built.
    """
    pairs = list(_pairs(old, new))
    causes = Causes(old, new)
    found = [*_differing(pairs, causes), *_rebuilt(pairs, causes, Builds(old, new, is_toolchain))]
    return tuple(sorted(found, key=lambda change: (change.node.name, change.node.key)))


def _pairs(old: Graph, new: Graph) -> Iterator[tuple[Node | None, Node | None]]:
    """What became of each package; what only builds use is part of its build's plan."""
    before = {key: node for key, node in old.nodes.items() if node.kind != "overlay"}
    after = {key: node for key, node in new.nodes.items() if node.kind != "overlay"}
    gone = [node for key, node in before.items() if key not in after]
    come = {key: node for key, node in after.items() if key not in before}
    for node in gone:
        successor = next((other for other in come.values() if _is_successor(node, other)), None)
        if successor is not None:
            del come[successor.key]
        yield node, successor
    yield from ((None, node) for node in come.values())
    yield from ((node, after[key]) for key, node in before.items() if key in after)


def _is_successor(old: Node, new: Node) -> bool:
    """Whether a package of one ecosystem takes the place of one of the other."""
    return {old.kind, new.kind} == {"conda", "pypi"} and bool(old.names & new.names)


def _differing(pairs: list[tuple[Node | None, Node | None]], causes: Causes) -> Iterator[Change]:
    for old, new in pairs:
        if old is None and new is not None:
            yield Change("added", None, new, (), causes.of_addition(new))
        elif new is None and old is not None:
            yield Change("removed", old, None, (), causes.of_removal(old))
        elif old is not None and new is not None and old.kind != new.kind:
            yield Change("moved", old, new, (), causes.of_move(old, new))
        elif old is not None and new is not None and old.identity != new.identity:
            yield Change(_direction(old, new), old, new, tuple(_details(old, new)), causes.of_change(old, new))


def _rebuilt(pairs: list[tuple[Node | None, Node | None]], causes: Causes, builds: Builds) -> Iterator[Change]:
    """Packages that are what they were, with another plan or over other packages."""
    for old, new in pairs:
        if old is None or new is None or old.identity != new.identity or old.plan is None or new.plan is None:
            continue
        details = tuple(plan_differences(old.plan, new.plan))
        moved = builds.causes(old.plan, new.plan)
        if details or moved:
            yield Change("rebuilt", old, new, details, moved or causes.of_freedom(new))


def _direction(old: Node, new: Node) -> ChangeKind:
    if old.version == new.version:
        return "changed"
    newer = _is_newer(new, old)
    return "changed" if newer is None else "upgraded" if newer else "downgraded"


def _is_newer(new: Node, old: Node) -> bool | None:
    if new.kind == "pypi":
        try:
            return Version(new.version) > Version(old.version)
        except ValueError:
            return None
    # Imported here: most comparisons of locks find little that changed.
    from interlock.engines.rattler.matching import is_newer

    return is_newer(new.version, old.version)


def _details(old: Node, new: Node) -> Iterator[str]:
    before, after = old.content, new.content
    if isinstance(before, CondaRecord) and isinstance(after, CondaRecord):
        yield from _record_details(before, after)
    elif isinstance(before, PyPIPackage) and isinstance(after, PyPIPackage):
        yield from _package_details(before, after)


def _record_details(old: CondaRecord, new: CondaRecord) -> Iterator[str]:
    if (before := _origin(old)) != (after := _origin(new)):
        yield f"channel {before} → {after}"
    if old.version != new.version:
        return
    if old.build != new.build:
        yield f"build {old.build} → {new.build}"
    elif old.sha256 != new.sha256 and not new.built_from:
        yield "another file of the same name"
    elif (old.depends, old.constrains) != (new.depends, new.constrains):
        yield "the channel corrected its dependencies"


def _origin(record: CondaRecord) -> str:
    return f"of this project, built from {shown(record.built_from.url)}" if record.built_from else record.channel


def _package_details(old: PyPIPackage, new: PyPIPackage) -> Iterator[str]:
    if old.artifact.kind != new.artifact.kind:
        yield f"{old.artifact.kind} → {new.artifact.kind}"
    if old.version != new.version:
        return
    if old.artifact.commit != new.artifact.commit:
        yield f"commit {(old.artifact.commit or '')[:12]} → {(new.artifact.commit or '')[:12]}"
    elif _file(old.artifact) != _file(new.artifact):
        yield f"{_file(old.artifact)} → {_file(new.artifact)}"
    elif old.artifact.sha256 != new.artifact.sha256:
        yield "another file of the same name"


def _file(artifact: Artifact) -> str:
    return artifact.filename or artifact.url
