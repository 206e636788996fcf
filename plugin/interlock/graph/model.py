"""The graph of a locked environment: packages, the manifest's lines, and the ranges that lead from one to the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from interlock.core.names import normal_name

if TYPE_CHECKING:
    from interlock_hooks.types import (
        BuildPlan,
        CondaRecord,
        Location,
        Metadata,
        PassedOver,
        ProvidedDistribution,
        PyPIPackage,
        PythonTarget,
        VirtualPackage,
    )

Ecosystem = Literal["conda", "pypi"]
NodeKind = Literal["conda", "pypi", "machine", "overlay"]
EdgeKind = Literal["needs", "limits", "builds", "declares"]

Settings = Mapping[Ecosystem, Mapping[str, object]]

LINE_VERBS: Mapping[EdgeKind, tuple[str, str]] = {
    "needs": ("asks for", "ask for"),
    "limits": ("limits it to", "limit it to"),
    "declares": ("declares", "declare"),
}
_LABELS: Mapping[NodeKind, str] = {"conda": "conda", "pypi": "PyPI", "machine": "machine", "overlay": "build"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that the manifest (or a plugin: ``origin``) asks for, in the words of its ecosystem.

    ``kind`` is ``needs`` for what must be there, ``limits`` for what restricts it where it is (constraints, overrides),
    and ``declares`` for a property of the machine. ``name`` is a conda name, or a PyPI name in normal form.
    """

    key: str
    name: str
    text: str
    ecosystem: Ecosystem
    kind: EdgeKind = "needs"
    origin: str = "manifest"
    where: Location | None = None

    def __str__(self) -> str:
        """The place of the line, or who asks if it has none."""
        if self.where is None:
            return f"the {self.origin}" if self.origin == "manifest" else self.origin
        return self.where.file if self.where.line is None else f"{self.where.file}:{self.where.line}"

    @property
    def sentence(self) -> str:
        """Who asks for what."""
        plural = self.where is None and self.origin.endswith("s")
        return f"{self} {LINE_VERBS[self.kind][plural]} {self.text}"


class Recorded(NamedTuple):
    """What an install records of a package's content: its artifact, and whether a recipe was built for it."""

    file: str
    source: str
    built_from: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A package of a locked environment.

    ``kind`` is ``conda`` or ``pypi`` for what is installed, ``machine`` for a virtual package, and ``overlay`` for what
    is only there while ``overlay_of`` is built. ``provides`` are the distributions that a conda record supplies;
    ``plan`` says how a package is built from source, and ``metadata`` what is known of it otherwise than from its own
    files; ``passed_over`` are versions of it that could not be used.
    """

    key: str
    kind: NodeKind
    name: str
    version: str
    content: CondaRecord | PyPIPackage | VirtualPackage | Recorded
    provides: tuple[ProvidedDistribution, ...] = ()
    plan: BuildPlan | None = None
    metadata: Metadata | None = None
    passed_over: tuple[PassedOver, ...] = ()
    overlay_of: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """Every name that it answers to, in PyPI's normal form."""
        return frozenset({normal_name(self.name), *(entry.name for entry in self.provides)})

    @property
    def label(self) -> str:
        """The ecosystem as people write it; for what only a build uses, which build that is."""
        return _LABELS[self.kind] if self.overlay_of is None else f"build of {self.overlay_of}"

    @property
    def artifact(self) -> tuple[str, str]:
        """The file (or checkout, directory, origin) that it is, and the channel, index or source that it came from."""
        if isinstance(self.content, Recorded):
            return self.content.file, self.content.source
        from interlock_hooks.types import CondaRecord, PyPIPackage

        content = self.content
        if isinstance(content, CondaRecord):
            return content.file_name, content.built_from.url if content.built_from else content.channel
        if isinstance(content, PyPIPackage):
            found = content.artifact
            commit = f" at {found.commit}" if found.commit else ""
            return found.filename or f"{found.url}{commit}", content.index or ""
        return content.build, content.origin

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it the same artifact, wherever it is served from and whatever is asked of it."""
        if isinstance(self.content, Recorded):
            return self.version, *self.content
        from interlock_hooks.types import CondaRecord, PyPIPackage

        content = self.content
        if isinstance(content, CondaRecord):
            file = content.built_from or (content.file_name, content.channel, content.sha256)
            return content.version, content.build, file, content.depends, content.constrains
        if isinstance(content, PyPIPackage):
            found = content.artifact
            source = found.filename or found.url, found.sha256, found.commit, found.subdirectory, found.editable
            return content.version, found.kind, *source
        return content.version, content.build

    def __str__(self) -> str:
        return f"{self.name} {self.version}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One package, or line of the manifest, that has a say in another: ``range`` is its match spec or requirement.

    ``needs`` edges bring a package in, ``limits`` only restrict it, ``builds`` lead to what a build from source uses.
    """

    parent: str
    child: str
    range: str
    ecosystem: Ecosystem
    kind: EdgeKind = "needs"


@dataclass(frozen=True)
class Graph:
    """Nodes and lines by key, and the edges between them. ``lines`` is ``None`` where the manifest is not known.

    ``settings`` are what the manifest says about which packages there are to choose from, by ecosystem and key.
    ``neighbours`` are what limits its packages in other environments of its solve group. ``tightest`` are, of
    nodes where they are known beforehand, the edges with the highest lower and those with the lowest upper bound.
    """

    environment: str
    platform: str
    python: PythonTarget
    nodes: Mapping[str, Node]
    lines: Mapping[str, Line] | None
    edges: tuple[Edge, ...]
    settings: Settings = field(default_factory=dict)
    neighbours: Mapping[str, Line] = field(default_factory=dict)
    tightest: Mapping[str, Tightest] = field(default_factory=dict)

    @cached_property
    def below(self) -> Mapping[str, list[Edge]]:
        """The edges that leave a node or line, by its key."""
        return _by(self.edges, "parent")

    @cached_property
    def above(self) -> Mapping[str, list[Edge]]:
        """The edges that arrive at a node, by its key."""
        return _by(self.edges, "child")

    @cached_property
    def depths(self) -> Mapping[str, int]:
        """How far each package is from the lines; where they are not known, from what nothing needs."""
        level = list(self.lines or (key for key in self.nodes if key not in self.above))
        depths = dict.fromkeys(level, 0)
        while level:
            depth = depths[level[0]] + 1
            edges = (edge for key in level for edge in self.below.get(key, []) if edge.kind in ("needs", "declares"))
            level = [key for key in dict.fromkeys(edge.child for edge in edges) if key not in depths]
            depths.update(dict.fromkeys(level, depth))
        return depths

    def parent(self, edge: Edge) -> Node | Line:
        """Where an edge comes from."""
        found = (self.lines or {}).get(edge.parent) or self.neighbours.get(edge.parent)
        return self.nodes[edge.parent] if found is None else found

    def child(self, edge: Edge) -> Node:
        """Where an edge leads."""
        return self.nodes[edge.child]


Tightest: TypeAlias = tuple[frozenset[Edge], frozenset[Edge]]


def _by(edges: Iterable[Edge], end: Literal["parent", "child"]) -> Mapping[str, list[Edge]]:
    found: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[edge.parent if end == "parent" else edge.child].append(edge)
    return dict(found)
