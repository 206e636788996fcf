"""How packages, dependency chains and changes look in a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text
from rich.tree import Tree

from interlock.cli.knowledge import metadata_in_words
from interlock.cli.labelled import Labelled
from interlock.cli.naming import rule_in_words
from interlock.core.counting import counted, named
from interlock.core.names import normal_name
from interlock.core.urls import shown
from interlock.graph.model import Line
from interlock.graph.ranges import range_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from interlock.graph.changes import Change, ChangeKind
    from interlock.graph.model import Edge, Graph, Node
    from interlock.graph.recorded import Origin
    from interlock.graph.tree import Branch
    from interlock.graph.why import Chains, Why
    from interlock.project.comparing import EnvironmentChanges

_STYLES = {"conda": "yellow", "pypi": "blue", "machine": "magenta", "overlay": "cyan"}
_VERBS = {"needs": "needs", "builds": "is built with", "declares": "declares", "limits": "limits it to"}
_SIGNS: Mapping[ChangeKind, tuple[str, str]] = {
    "added": ("+", "green"),
    "removed": ("-", "red"),
    "upgraded": ("↑", "green"),
    "downgraded": ("↓", "yellow"),
    "moved": ("→", "cyan"),
    "changed": ("~", "cyan"),
    "rebuilt": ("~", "cyan"),
}
_INDENT = 12
_MOST_CHAINS = 8
_MOST_PARENTS = 3
_MOST_CAUSES = 3
_MOST_DETAILS = 6


def render_node(node: Node) -> Text:
    """A package with its version and ecosystem, and other names under which it counts on PyPI's side."""
    text = Text.assemble((node.name, "bold"), f" {node.version} ", (f"({node.label}", _STYLES[node.kind]))
    own = normal_name(node.name)
    if names := ", ".join(entry.name for entry in node.provides if entry.name != own):
        text.append(f", provides {names}", style=_STYLES[node.kind])
    if node.plan is not None:
        what = "prebuilt wheel" if node.plan.prebuilt else f"{node.plan.mode.value} build"
        text.append(f", {what}", style=_STYLES[node.kind])
    return text.append(")", style=_STYLES[node.kind])


# -- why -------------------------------------------------------------------------------------------------------------


def render_why(graph: Graph, found: Why, origin: Origin, *, complete: bool) -> RenderableType:
    """Why a package is there; without ``complete`` long lists end with what was left out.

    ``origin`` tells which rule says that a record provides a distribution.
    """
    rows = (
        ("origin" if found.node.kind == "machine" else "artifact", _artifact(found.node)),
        ("provides", _provides(found.node, origin)),
        ("metadata", Text(metadata_in_words(found.node))),
        ("prebuilt", _prebuilt(found.node)),
        ("because", _because(graph, found, complete=complete)),
        ("ranges", _ranges(graph, found, complete=complete)),
        ("builds", Text("\n").join(_build_rows(graph, found))),
        ("not used", Text("\n".join(f"{entry}: {entry.why}" for entry in found.node.passed_over))),
    )
    return Group(render_node(found.node), *(Labelled(label, text, _INDENT) for label, text in rows if text))


def _artifact(node: Node) -> Text:
    name, source = node.artifact
    if node.kind == "machine":
        return Text(source)
    verb = "built from" if getattr(node.content, "built_from", None) else "from"
    return Text(f"{name} {verb} {shown(source)}" if source else shown(name))


def _prebuilt(node: Node) -> Text:
    """The wheel that is used instead of a build, and why it fits."""
    prebuilt = None if node.plan is None else node.plan.prebuilt
    if prebuilt is None:
        return Text("")
    return Text("\n".join([f"{prebuilt.filename} from {shown(prebuilt.url)}", *prebuilt.why]))


def _provides(node: Node, origin: Origin) -> Text:
    rules = [found and f"; known by {rule_in_words(found)}" for found in (origin(node, each) for each in node.provides)]
    rows = zip(node.provides, rules, strict=True)
    return Text("\n".join(f"{each.name} {each.version}, to PyPI packages{rule or ''}" for each, rule in rows))


def _because(graph: Graph, found: Why, *, complete: bool) -> Text:
    if found.node.overlay_of is not None:
        lead = [Text(f"not installed: only the build of {found.node.overlay_of} uses it")]
    elif not found.chains:
        return Text("the manifest is unknown" if graph.lines is None else "nothing in the manifest leads to it")
    else:
        lead = []
    ways = [way for chains in found.chains for way in chains.ways]
    shown = ways if complete else ways[:_MOST_CHAINS]
    told: set[tuple[Edge, ...]] = set()
    rows = [*lead, *(row for way in shown for row in _chain(graph, way, told))]
    if hidden := _hidden(found.chains, len(shown)):
        rows.append(Text(hidden, style="dim"))
    return Text("\n").join(rows)


def _hidden(chains: Sequence[Chains], shown: int) -> str:
    rest = sum(each.total for each in chains) - shown
    return f"and {counted(rest, 'more way')} (--json and -v show more)" if rest else ""


def _chain(graph: Graph, way: tuple[Edge, ...], told: set[tuple[Edge, ...]]) -> Iterator[Text]:
    """One way, a line for each step, up to where it goes on like one that was ``told`` already."""
    for level, edge in enumerate(way):
        if level and way[level:] in told:
            yield Text(f"{'  ' * level}as above", style="dim")
            return
        told.add(way[level:])
        parent = graph.parent(edge)
        if isinstance(parent, Line):
            yield Text.assemble((str(parent), "cyan"), parent.sentence.removeprefix(str(parent)))
        else:
            label = (f"({parent.label})", _STYLES[parent.kind])
            yield Text.assemble("  " * level, f"{parent} ", label, f" {_VERBS[edge.kind]} {edge.range}")


def _ranges(graph: Graph, found: Why, *, complete: bool) -> Text:
    groups: dict[tuple[str, str], list[Edge]] = {}
    for edge in found.ranges:
        groups.setdefault((edge.ecosystem, range_text(edge)), []).append(edge)
    ordered = sorted(groups.values(), key=lambda edges: not any(edge in found.lowest | found.highest for edge in edges))
    return Text("\n").join(_range_row(graph, found, edges, complete=complete) for edges in ordered)


def _range_row(graph: Graph, found: Why, edges: Sequence[Edge], *, complete: bool) -> Text:
    sides = [side for side, tight in (("lower", found.lowest), ("upper", found.highest)) if tight & set(edges)]
    parents = list(dict.fromkeys(_named(graph.parent(edge)) for edge in edges))
    shown = named(parents, len(parents) if complete else _MOST_PARENTS)
    mark = f"  ← tightest {' and '.join(sides)} bound" if sides else ""
    return Text.assemble(range_text(edges[0]), (f"  by {shown}", "dim"), (mark, "bold"))


def _named(parent: Node | Line) -> str:
    return str(parent) if isinstance(parent, Line) else f"{parent} ({parent.label})"


def _build_rows(graph: Graph, found: Why) -> Iterator[Text]:
    for edge in found.builds:
        parent = graph.parent(edge)
        plan = None if isinstance(parent, Line) else parent.plan
        mode = "" if plan is None else f" ({plan.mode.value})"
        entries = () if plan is None else plan.requirements
        seen = next((entry.seen for entry in entries if entry.requirement == edge.range and entry.seen), None)
        yield Text(f"{parent}{mode} is built with {edge.range}" + (f", which {seen} uses" if seen else ""))


# -- tree ------------------------------------------------------------------------------------------------------------


def render_tree(graph: Graph, branches: Sequence[Branch]) -> RenderableType:
    """A tree below its environment; what is below a package is shown once, and ``(*)`` stands for it after that."""
    top = Tree(Text(f"environment {graph.environment} on {graph.platform}", style="bold"), guide_style="dim")
    for branch in branches:
        _grow(top, branch, graph)
    return top


def _grow(tree: Tree, branch: Branch, graph: Graph) -> None:
    grown = tree.add(_branch_text(branch, graph))
    for below in branch.below:
        _grow(grown, below, graph)


def _branch_text(branch: Branch, graph: Graph) -> Text:
    if isinstance(branch.item, Line):
        text = Text(str(branch.item), style="cyan")
        return text.append(f"  {branch.item.text}", style="dim")
    text = render_node(branch.item)
    ranges = dict.fromkeys(filter(None, map(range_text, branch.edges)))
    if ranges:
        text.append(f"  {', '.join(ranges)}", style="dim")
    if branch.edges and all(edge.kind == "builds" for edge in branch.edges):
        text.append("  to build", style="dim")
    if lines := [str(graph.lines[edge.parent]) for edge in branch.edges if graph.lines and edge.parent in graph.lines]:
        text.append(f"  {', '.join(lines)}", style="cyan")
    if branch.repeated:
        text.append("  (*)", style="dim")
    if branch.cut:
        text.append(f"  … {branch.cut} below", style="dim")
    return text


# -- diff ------------------------------------------------------------------------------------------------------------


def render_change_title(found: EnvironmentChanges) -> Text:
    """An environment on a platform, with what became of it or how many changes of each kind there are."""
    title = Text(f"{found.environment} on {found.platform}: ", style="bold")
    if found.state != "kept":
        return title.append(f"{found.state}, with {found.packages} packages", style="")
    counts = Counter(change.kind for change in found.changes)
    return title.append(", ".join(f"{counts[kind]} {kind}" for kind in _SIGNS if counts[kind]), style="")


def render_change(change: Change, *, complete: bool) -> RenderableType:
    """One change: what it was and is, how it differs, and because of what."""
    sign, style = _SIGNS[change.kind]
    title = Text.assemble(f"  {sign} ", (change.node.name, "bold"), f" {_versions(change)} ", style=style)
    title.append(f"({_kind(change)})", style="dim")
    rows = [Text(detail, style="dim") for detail in _cut(change.details, _MOST_DETAILS, complete=complete)]
    causes = [f"because {cause.text}" for cause in change.causes]
    rows += [Text(cause) for cause in _cut(causes, _MOST_CAUSES, complete=complete)]
    return Group(title, *(Labelled("", row, 6) for row in rows))


def _versions(change: Change) -> str:
    versions = [node.version for node in (change.old, change.new) if node is not None]
    return " → ".join(dict.fromkeys(versions))


def _kind(change: Change) -> str:
    if change.kind == "moved" and change.old and change.new:
        return f"moved from {change.old.label} to {change.new.label}"
    return f"{change.node.label}, {change.kind}"


def _cut(rows: Sequence[str], most: int, *, complete: bool) -> list[str]:
    if complete or len(rows) <= most:
        return list(rows)
    return [*rows[:most], f"and {len(rows) - most} more (-v shows them)"]
