"""``env tree --html``: the dependency graph as a map that can be explored, with a list and one package in detail."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

from interlock.graph.bounds import tightest
from interlock.graph.model import Line
from interlock.graph.ranges import restricts
from interlock.pages.document import page, size_text, text
from interlock.pages.layout import lay_out
from interlock_hooks.types import CondaRecord, PyPIPackage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from interlock.graph.model import Edge, Graph, Node
    from interlock.pages.layout import Layout
    from interlock_hooks.types import BuildPlan, Finding

_SMALLEST, _LARGEST = 2.5, 6.5
_BYTES_OF_LARGEST = 4e8
_MOST_PARENTS = 3


def tree_page(graph: Graph, selected: Sequence[Node] = (), findings: Sequence[Finding] = ()) -> str:
    """The page of a graph, with one package ``selected`` at first; ``findings`` are shown above all."""
    layout = lay_out(graph)
    title = f"{graph.environment} on {graph.platform}"
    data = {
        "nodes": [_node(node) for node in graph.nodes.values()],
        "lines": [
            {"key": line.key, "text": line.text, "where": str(line), "kind": line.kind}
            for line in (*(graph.lines or {}).values(), *graph.neighbours.values())
        ],
        "edges": list(_edges(graph)),
        "selected": selected[0].key if selected else None,
    }
    body = _FRAME.format(
        title=text(title),
        summary=text(_summary(graph)),
        findings="".join(f'<p class="note">{text(each.what)}. {text(each.fix)}</p>\n' for each in findings),
        map=_map(graph, layout),
        rows="\n".join(_row(graph, node) for node in sorted(graph.nodes.values(), key=lambda n: (n.name, n.key))),
    )
    return page(f"{title}: dependencies", body, script="tree.js", data=data)


_FRAME = """<header>
<h1>{title}</h1>
<p>{summary}</p>
{findings}</header>
<main>
<figure class="map" aria-hidden="true">
<div class="scroll">{map}</div>
<figcaption><span class="key"><svg width="12" height="12"><circle class="conda" cx="6" cy="6" r="4"/></svg> conda</span>
<span class="key"><svg width="12" height="12"><rect class="pypi" x="2" y="2" width="8" height="8"/></svg> PyPI</span>
<span class="key"><svg width="12" height="12"><rect class="pypi built" x="2" y="2" width="8" height="8"/></svg> built
from source</span>
<span class="key"><svg width="12" height="12"><rect class="overlay" x="2" y="2" width="8" height="8"/></svg> only for
builds</span>
<span class="key"><svg width="12" height="12"><circle class="machine" cx="6" cy="6" r="4"/></svg> machine</span>
<span>Columns: steps from the manifest, which is on the left. Area: size of the download.</span></figcaption>
</figure>
<div class="split">
<section aria-labelledby="packages">
<h2 id="packages">Packages</h2>
<form class="script" role="search"><input id="search" type="search" placeholder="Search packages"
aria-label="Search packages" autocomplete="off" spellcheck="false">
<fieldset><legend>Show</legend>
<label><input type="checkbox" name="kind" value="conda" checked> conda</label>
<label><input type="checkbox" name="kind" value="pypi" checked> PyPI</label>
<label><input type="checkbox" name="kind" value="overlay" checked> builds</label>
<label><input type="checkbox" name="kind" value="machine" checked> machine</label>
</fieldset><p id="count" role="status"></p></form>
<div class="list"><table><thead><tr><th scope="col">Name</th><th scope="col">Version</th><th scope="col">From</th>
<th scope="col" class="number">Size</th><th scope="col" class="print">Needed by</th></tr></thead>
<tbody id="rows">
{rows}
</tbody></table></div>
</section>
<section id="detail" aria-live="polite" aria-label="The selected package" tabindex="-1">
<noscript><p>Scripts are off: the table lists every package, without the ways between them.</p></noscript>
</section>
</div>
</main>"""


def _summary(graph: Graph) -> str:
    nodes = list(graph.nodes.values())
    parts = [f"{sum(node.kind == 'conda' for node in nodes)} conda", f"{sum(n.kind == 'pypi' for n in nodes)} PyPI"]
    built = sum(node.plan is not None for node in nodes)
    sizes = [_size(node) or 0 for node in nodes if node.kind in ("conda", "pypi")]
    return (
        f"Python {graph.python.label} · {' and '.join(parts)} packages, {built} built from source"
        f" · {size_text(sum(sizes))} to download"
    )


def _size(node: Node) -> int | None:
    content = node.content
    if isinstance(content, CondaRecord):
        return content.size
    return content.artifact.size if isinstance(content, PyPIPackage) else None


def _parents(graph: Graph, node: Node) -> list[str]:
    """Who needs a package, the nearest to the manifest first."""
    edges = [edge for edge in graph.above.get(node.key, []) if edge.kind in ("needs", "builds", "declares")]
    parents = {edge.parent: graph.parent(edge) for edge in edges}
    nearest = sorted(parents.values(), key=lambda item: (graph.depths.get(item.key, len(graph.nodes)), item.key))
    return [str(item) if isinstance(item, Line) else item.name for item in nearest]


def _row(graph: Graph, node: Node) -> str:
    parents = _parents(graph, node)
    more = f" and {len(parents) - _MOST_PARENTS} more" if len(parents) > _MOST_PARENTS else ""
    built = ", built" if node.plan is not None else ""
    key = text(node.key)
    return (
        f'<tr data-key="{key}"><th scope="row"><a href="#{key}">{text(node.name)}</a></th><td>{text(node.version)}</td>'
        f'<td>{text(node.label)}{built}</td><td class="number">{size_text(_size(node))}</td>'
        f'<td class="print">{text(", ".join(parents[:_MOST_PARENTS]) + more)}</td></tr>'
    )


def _node(node: Node) -> dict[str, Any]:
    file, source = node.artifact
    content = node.content
    return {
        "key": node.key,
        "kind": node.kind,
        "label": node.label,
        "name": node.name,
        "version": node.version,
        "size": size_text(_size(node)),
        "file": file,
        "source": source,
        "license": content.license if isinstance(content, CondaRecord) else None,
        "provides": [f"{entry.name} {entry.version}" for entry in node.provides],
        "build": None if node.plan is None else _build(node.plan),
        "left_out": [
            f"{entry.version}{' and older' if entry.older else ''}: {entry.why}" for entry in node.passed_over
        ],
    }


def _build(plan: BuildPlan) -> dict[str, Any]:
    matched = [entry.requirement for entry in plan.requirements if entry.match_runtime]
    return {
        "mode": plan.mode.value,
        "matched": matched,
        "overlay": [str(package) for package in plan.overlay],
        "conda": list(plan.base_records),
        "imports": list(plan.imports or ()),
        "programs": list(plan.programs),
        "variables": [f"{name}={value}" for name, value in plan.variables],
    }


def _edges(graph: Graph) -> Iterator[list[Any]]:
    """Each edge with a mark: 1 for the tightest lower bound of its package, 2 for the upper one, 3 for both."""
    marks: dict[Edge, int] = {}
    for key, arriving in graph.above.items():
        ranges = [edge for edge in arriving if edge.kind in ("needs", "limits") and restricts(edge)]
        conda = graph.nodes[key].kind in ("conda", "machine")
        for mark, edges in enumerate(tightest(ranges, conda=conda), 1):
            for edge in edges:
                marks[edge] = marks.get(edge, 0) + mark
    for edge in graph.edges:
        yield [edge.parent, edge.child, edge.kind, edge.range, marks.get(edge, 0)]


def _map(graph: Graph, layout: Layout) -> str:
    shapes = [_shape(graph, key, layout) for key in layout.places]
    ways = [_way(edge, layout) for edge in graph.edges if layout.named and edge.kind in ("needs", "builds")]
    size = f'width="{layout.width:.0f}" height="{layout.height:.0f}"'
    box = f'viewBox="0 0 {layout.width:.0f} {layout.height:.0f}"'
    drawn = f'<g class="ways">{"".join(ways)}</g><g id="cone"></g><g id="shapes">{"".join(shapes)}</g>'
    return f'<svg class="graph" {size} {box} xmlns="http://www.w3.org/2000/svg">{drawn}</svg>'


def _way(edge: Edge, layout: Layout) -> str:
    if not {edge.parent, edge.child} <= layout.places.keys():
        return ""
    (x, y), (to_x, to_y) = layout.places[edge.parent], layout.places[edge.child]
    middle = (x + to_x) / 2
    return f'<path d="M{x:.0f} {y:.0f}C{middle:.0f} {y:.0f} {middle:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}"/>'


def _shape(graph: Graph, key: str, layout: Layout) -> str:
    x, y = layout.places[key]
    node = graph.nodes.get(key)
    if node is None:
        line = (graph.lines or {})[key]
        mark, name, kind = f'<path d="M{x - 3:.1f} {y - 4:.1f}h6v8h-6z"/>', line.text, "line"
    else:
        radius = min(_LARGEST, _SMALLEST + (_LARGEST - _SMALLEST) * sqrt((_size(node) or 0) / _BYTES_OF_LARGEST))
        side = 2 * radius
        kind = f"{node.kind} built" if node.plan is not None else node.kind
        name = node.name
        if node.kind in ("pypi", "overlay"):
            mark = f'<rect x="{x - radius:.1f}" y="{y - radius:.1f}" width="{side:.1f}" height="{side:.1f}"/>'
        else:
            mark = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'
    title = f"<title>{text(name if node is None else node)}</title>"
    label = f'<text x="{x + 11:.0f}" y="{y + 4:.0f}">{text(_short(name))}</text>' if layout.named else ""
    return f'<g class="{kind}" data-key="{text(key)}" data-x="{x:.0f}" data-y="{y:.0f}">{title}{mark}{label}</g>'


def _short(name: str, most: int = 22) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
