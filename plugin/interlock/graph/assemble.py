"""From a locked environment to its graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from interlock.graph.model import Edge, Graph, Node
from interlock_hooks.types import CondaRecord, CondaSpec, PyPIPackage

if TYPE_CHECKING:
    from interlock.graph.model import EdgeKind, Line, Settings
    from interlock_hooks.types import BuildPlan, LockedEnvironment, ProvidedDistribution


def assemble(
    locked: LockedEnvironment, lines: Sequence[Line] | None, settings: Settings = MappingProxyType({})
) -> Graph:
    """The graph of an environment, with the lines that ask for it (``None``: they are not known).

    A requirement on a distribution that conda provides leads to the record that provides it. What a lock does not hold
    (a line that was written after it) gets no edge.
    """
    nodes = {node.key: node for node in (*_environment_nodes(locked), *_overlay_nodes(locked))}
    edges = [
        *_line_edges(lines or (), nodes, locked),
        *_record_edges(nodes),
        *_package_edges(nodes, locked),
        *(edge for plan in locked.plans for edge in _build_edges(plan, nodes, locked)),
    ]
    return Graph(
        environment=locked.name,
        platform=locked.platform,
        python=locked.resolution.python,
        nodes=nodes,
        lines=None if lines is None else {line.key: line for line in lines},
        edges=tuple(dict.fromkeys(edges)),
        settings=settings,
    )


def _environment_nodes(locked: LockedEnvironment) -> Iterator[Node]:
    provided: dict[str, list[ProvidedDistribution]] = defaultdict(list)
    for entry in locked.resolution.provided:
        provided[entry.record].append(entry)
    for machine in locked.conda.virtual_packages:
        key = f"machine:{machine.name}"
        yield Node(key=key, kind="machine", name=machine.name, version=machine.version, content=machine)
    for record in locked.conda.records:
        key, provides = f"conda:{record.name}", tuple(provided[record.name])
        yield Node(key=key, kind="conda", name=record.name, version=record.version, content=record, provides=provides)
    for package in locked.resolution.packages:
        yield Node(
            key=f"pypi:{package.name}",
            kind="pypi",
            name=package.name,
            version=package.version,
            content=package,
            plan=locked.plan(package.name),
            metadata=locked.resolution.metadata_of(package),
            passed_over=tuple(entry for entry in locked.resolution.passed_over if entry.name == package.name),
        )


def _overlay_nodes(locked: LockedEnvironment) -> Iterator[Node]:
    """What builds use beside the environment; a matched package is the environment's own and no node of its own."""
    installed = set(locked.resolution.packages)
    for plan in locked.plans:
        for package in plan.overlay:
            if package not in installed:
                yield Node(
                    key=f"build:{plan.name}:{package.name}",
                    kind="overlay",
                    name=package.name,
                    version=package.version,
                    content=package,
                    overlay_of=plan.name,
                )


def _line_edges(lines: Iterable[Line], nodes: dict[str, Node], locked: LockedEnvironment) -> Iterator[Edge]:
    for line in lines:
        target = _conda_key(line.text, nodes) if line.ecosystem == "conda" else _pypi_key(line.name, nodes, locked)
        if target is not None:
            yield Edge(parent=line.key, child=target, range=line.text, ecosystem=line.ecosystem, kind=line.kind)


def _record_edges(nodes: dict[str, Node]) -> Iterator[Edge]:
    for node in nodes.values():
        if not isinstance(node.content, CondaRecord):
            continue
        kinds: dict[EdgeKind, tuple[str, ...]] = {"needs": node.content.depends, "limits": node.content.constrains}
        for kind, specs in kinds.items():
            for spec in specs:
                target = _conda_key(spec, nodes)
                if target is not None and target != node.key:
                    yield Edge(parent=node.key, child=target, range=spec, ecosystem="conda", kind=kind)


def _package_edges(nodes: dict[str, Node], locked: LockedEnvironment) -> Iterator[Edge]:
    """What PyPI packages require, those of build overlays among what their build sees, and extras of conda's."""
    for node in nodes.values():
        texts = [text for entry in node.provides for text in entry.requires]
        if isinstance(node.content, PyPIPackage):
            texts += node.content.requires
        for text in texts:
            target = _pypi_key(Pep508(text).name, nodes, locked, node.overlay_of)
            if target is not None and target != node.key:
                yield Edge(parent=node.key, child=target, range=text, ecosystem="pypi")


def _build_edges(plan: BuildPlan, nodes: dict[str, Node], locked: LockedEnvironment) -> Iterator[Edge]:
    if (parent := f"pypi:{plan.name}") not in nodes:
        return
    for entry in plan.requirements:
        target = _pypi_key(Pep508(entry.requirement).name, nodes, locked, plan.name)
        if target is not None and target != parent:
            yield Edge(parent=parent, child=target, range=entry.requirement, ecosystem="pypi", kind="builds")


def _conda_key(spec: str, nodes: dict[str, Node]) -> str | None:
    name = CondaSpec(spec=spec).name
    return next((key for key in (f"conda:{name}", f"machine:{name}") if key in nodes), None)


def _pypi_key(name: str, nodes: dict[str, Node], locked: LockedEnvironment, build_of: str | None = None) -> str | None:
    name = canonicalize_name(name)
    provided = locked.resolution.get_provided(name)
    keys = [f"build:{build_of}:{name}", f"pypi:{name}", f"conda:{provided.record}" if provided else ""]
    return next((key for key in keys if key in nodes), None)
