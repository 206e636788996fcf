"""How packages, ways and changes look where the examples of the documentation do not show it."""

from __future__ import annotations

from rich.console import Console, RenderableType

from interlock.cli.graphs import render_change, render_tree, render_why
from interlock.graph.changes import compare
from interlock.graph.lookup import find
from interlock.graph.model import Graph
from interlock.graph.tree import TreeOptions, make_tree
from interlock.graph.why import why
from kit.locked import graph, lines, locked, plan, record, sdist, wheel


def shown(renderable: RenderableType, *, width: int = 90) -> list[str]:
    console = Console(width=width, highlight=False)
    with console.capture() as capture:
        console.print(renderable)
    return [line.rstrip() for line in capture.get().splitlines()]


def explained(made: Graph, name: str, *, complete: bool = False) -> list[str]:
    return shown(render_why(made, why(made, find(made, name)[0]), lambda *_: None, complete=complete), width=120)


def test_a_way_that_goes_on_like_an_earlier_one_says_so() -> None:
    made = graph(locked(pypi=[wheel("a 1", "b"), wheel("b 1", "c"), wheel("c 1")]), lines(pypi=["b", "a"]))
    assert explained(made, "c")[2:] == [
        "   because  pyproject.toml:1 asks for b",
        "              b 1 (PyPI) needs c",
        "            pyproject.toml:2 asks for a",
        "              a 1 (PyPI) needs b",
        "                as above",
    ]


def test_long_lists_end_with_what_is_left_out() -> None:
    parents = [wheel(f"p{number} 1", "end>=1") for number in range(10)]
    made = graph(locked(pypi=[*parents, wheel("end 2")]), lines(pypi=[f"p{number}" for number in range(10)]))
    short, long = explained(made, "end"), explained(made, "end", complete=True)
    assert "            and 2 more ways (--json and -v show more)" in short
    assert short[-1].endswith("by p0 1 (PyPI), p1 1 (PyPI), p2 1 (PyPI) and 7 more  ← tightest lower bound")
    assert not any("more ways" in line for line in long)
    assert len(long) > len(short)


def test_many_causes_end_with_what_is_left_out() -> None:
    parents = [f"p{number}" for number in range(6)]
    old = graph(locked(), ())
    new = graph(locked(pypi=[*(wheel(f"{name} 1", "end") for name in parents), wheel("end 2")]), lines(pypi=parents))
    change = next(change for change in compare(old, new) if change.node.name == "end")
    rows = shown(render_change(change, complete=False))
    assert rows[1:] == [*(f"      because p{n} 1 (PyPI, new) requires end" for n in range(3)), _more(3)]
    assert len(shown(render_change(change, complete=True))) == 7


def _more(number: int) -> str:
    return f"      and {number} more (-v shows them)"


def test_the_machine_and_a_lock_without_a_manifest() -> None:
    made = graph(locked(record("cuda 12", "__cuda >=12"), machine={"__cuda": "12.4"}), None)
    assert explained(made, "__cuda") == [
        "__cuda 12.4 (machine)",
        "    origin  declared",
        "   because  the manifest is unknown",
        "    ranges  >=12  by cuda 12 (conda)  ← tightest lower bound",
    ]
    made = graph(locked(record("loose 1")), lines(conda=["other"]))
    assert explained(made, "loose")[-1] == "   because  nothing in the manifest leads to it"


def test_a_record_that_provides_another_name_and_what_builds_use() -> None:
    source = sdist("ext 1", "torch")
    environment = locked(
        record("pytorch 2.6"),
        pypi=[source],
        provides={"torch 2.6": "pytorch"},
        plans=[plan(source, needs=["tools>=1"], overlay=[wheel("tools 2")])],
    )
    made = graph(environment, lines(pypi=["ext"]))
    assert shown(render_tree(made, make_tree(made, (), TreeOptions(builds=True, depth=1)))) == [
        "environment default on linux-64",
        "└── ext 1 (PyPI, isolated build)  pyproject.toml:1",
        "    ├── pytorch 2.6 (conda, provides torch)",
        "    └── tools 2 (build of ext)  >=1  to build",
    ]


def test_a_change_names_the_ecosystems_and_wraps_its_causes_under_themselves() -> None:
    old = graph(locked(record("numpy 2.1"), provides={"numpy 2.1": "numpy"}), lines(conda=["numpy"]))
    new = graph(locked(pypi=[wheel("numpy 2.1")]), lines(pypi=["numpy"]))
    (change,) = compare(old, new)
    assert shown(render_change(change, complete=False), width=60) == [
        "  → numpy 2.1 (moved from conda to PyPI)",
        "      because the manifest no longer asks for numpy (before:",
        "      pyproject.toml:1)",
        "      because pyproject.toml:1 asks for numpy (new)",
    ]
