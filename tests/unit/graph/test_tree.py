"""Trees in both directions, to any depth, with what nothing leads to."""

from __future__ import annotations

from collections.abc import Sequence

from interlock.graph.lookup import find
from interlock.graph.model import Graph
from interlock.graph.tree import Branch, TreeOptions, make_tree
from kit.locked import graph, lines, locked, plan, record, sdist, wheel

SOURCE = sdist("ext 1", "numpy>=2")
ENVIRONMENT = locked(
    record("python 3.12"),
    record("numpy 2.1", "python", "python >=3.12"),
    pypi=[SOURCE, wheel("app 1", "numpy", "ext")],
    provides={"numpy 2.1": "numpy"},
    plans=[plan(SOURCE, needs=["tools"], overlay=[wheel("tools 1")])],
)
MADE = graph(ENVIRONMENT, lines(conda=["python"], pypi=["app", "ext"]))


def outline(branches: Sequence[Branch], level: int = 0) -> list[str]:
    rows = []
    for branch in branches:
        mark = " (*)" if branch.repeated else f" +{branch.cut}" if branch.cut else ""
        rows += [f"{'  ' * level}{branch.item.name}{mark}", *outline(branch.below, level + 1)]
    return rows


def tree(made: Graph = MADE, package: str = "", **options: object) -> list[str]:
    roots = find(made, package) if package else ()
    return outline(make_tree(made, roots, TreeOptions(**options)))  # type: ignore[arg-type]


def test_from_the_lines_down_each_package_once() -> None:
    assert tree() == ["python", "app", "  ext", "    numpy", "      python", "  numpy (*)", "ext (*)"]


def test_from_a_package_with_what_builds_it() -> None:
    assert tree(package="ext", builds=True) == ["ext", "  numpy", "    python", "  tools"]


def test_a_depth_counts_what_is_below() -> None:
    assert tree(depth=0) == ["python", "app +2", "ext +1"]
    assert tree(depth=1) == ["python", "app", "  ext +1", "  numpy +1", "ext", "  numpy +1"]


def test_a_long_chain_is_cut_where_nobody_reads_further() -> None:
    chain = [wheel(f"p{number} 1", f"p{number + 1}") for number in range(3000)]
    made = graph(locked(record("python 3.12"), pypi=[*chain, wheel("p3000 1")]), lines(pypi=["p0"]))
    for options in ({}, {"depth": 2500}):
        rows = tree(made, **options)
        assert (rows[0], rows[200].strip()) == ("p0", "p200 +1")


def test_inverted_it_ends_at_the_lines() -> None:
    assert tree(package="numpy", invert=True) == ["numpy", "  app", "    app", "  ext", "    app (*)", "    ext"]
    assert tree(package="tools", invert=True) == ["tools", "  ext", "    app", "      app", "    ext"]


def test_inverted_without_a_package_it_begins_at_the_leaves() -> None:
    roots = make_tree(MADE, (), TreeOptions(invert=True))
    assert {branch.item.key for branch in roots} == {"conda:python", "build:ext:tools"}


def test_several_ranges_of_one_parent_are_one_branch() -> None:
    (numpy,) = make_tree(MADE, find(MADE, "numpy"), TreeOptions())
    assert [edge.range for edge in numpy.below[0].edges] == ["python", "python >=3.12"]


def test_what_no_line_leads_to_comes_last_and_is_not_lost() -> None:
    packages = [wheel("a 1"), wheel("b 1", "c"), wheel("c 1", "b"), wheel("d 1", "b")]
    made = graph(locked(pypi=packages), lines(pypi=["a"]))
    assert tree(made) == ["a", "d", "  b", "    c", "      b (*)"]
    assert tree(made, depth=0) == ["a", "d +1"]


def test_without_a_manifest_everything_is_there() -> None:
    circle = graph(locked(pypi=[wheel("b 1", "c"), wheel("c 1", "b")]), None)
    assert tree(circle) == ["b", "  c", "    b (*)"]
    assert tree(graph(ENVIRONMENT, None)) == ["app", "  ext", "    numpy", "      python", "  numpy (*)"]
