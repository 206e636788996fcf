"""The shortest ways to a package, what restricts it, and which builds use it."""

from __future__ import annotations

from interlock.graph.lookup import find
from interlock.graph.model import Graph
from interlock.graph.why import Why, why
from kit.locked import graph, lines, locked, plan, record, sdist, wheel


def explained(made: Graph, name: str) -> Why:
    return why(made, find(made, name)[0])


def ways(found: Why) -> list[list[str]]:
    return [[edge.range for edge in way] for chains in found.chains for way in chains.ways]


def test_every_line_gives_its_shortest_ways_nearest_first() -> None:
    environment = locked(
        record("numpy 2.1"),
        pypi=[
            wheel("app 1", "mid", "numpy<3"),
            wheel("mid 1", "numpy"),
            wheel("far 1", "mid", "side"),
            wheel("side 1", "numpy"),
        ],
        provides={"numpy 2.1": "numpy"},
    )
    made = graph(environment, lines(conda=["numpy >=2"], pypi=["far", "app"]))
    assert ways(explained(made, "numpy")) == [
        ["numpy >=2"],
        ["app", "numpy<3"],
        ["far", "mid", "numpy"],
        ["far", "side", "numpy"],
    ]


def test_a_circle_is_no_way() -> None:
    made = graph(locked(pypi=[wheel("a 1", "b"), wheel("b 1", "a")]), lines(pypi=["a"]))
    assert ways(explained(made, "b")) == [["a", "b"]]
    assert ways(explained(made, "a")) == [["a"]]


def test_of_many_ways_as_short_some_are_shown_and_all_counted() -> None:
    middle = [f"m{number}" for number in range(9)]
    packages = [wheel("top 1", *middle), *(wheel(f"{name} 1", "end") for name in middle), wheel("end 1")]
    (chains,) = explained(graph(locked(pypi=packages), lines(pypi=["top"])), "end").chains
    assert (len(chains.ways), chains.total) == (5, 9)


def test_of_several_ranges_for_one_package_the_one_that_says_most_leads() -> None:
    made = graph(locked(record("a 1", "b", "b >=1,<2"), record("b 1")), lines(conda=["a"]))
    assert ways(explained(made, "b")) == [["a", "b >=1,<2"]]


def test_ranges_of_needs_and_limits_with_the_tightest() -> None:
    made = graph(
        locked(
            record("python 3.12.7"),
            record("python_abi 3.12", constrains=["python 3.12.*"]),
            record("numpy 1.24", "python >=3.9"),
            pypi=[wheel("tf 2.13", "numpy<=1.24.3,>=1.22"), wheel("sci 1", "numpy<2"), wheel("any 1", "numpy")],
            provides={"numpy 1.24": "numpy"},
        ),
        lines(pypi=["tf", "sci", "any"], limits=["numpy >=1.20"]),
    )
    numpy = explained(made, "numpy")
    assert {edge.range for edge in numpy.ranges} == {"numpy<=1.24.3,>=1.22", "numpy<2", "numpy >=1.20"}
    assert [edge.parent for edge in numpy.highest] == ["pypi:tf"]
    assert [edge.parent for edge in numpy.lowest] == ["pypi:tf"]
    python = explained(made, "python")
    assert [edge.parent for edge in python.highest] == ["conda:python_abi"]
    # What only limits a package does not bring it.
    assert ways(explained(made, "python_abi")) == []


def test_builds_use_what_is_installed_and_what_is_not() -> None:
    source = sdist("ext 1.0", "numpy")
    built = plan(source, needs=["setuptools>=61"], matched=["numpy"], overlay=[wheel("setuptools 80")])
    environment = locked(pypi=[source, wheel("numpy 2")], plans=[built])
    made = graph(environment, lines(pypi=["ext"]))
    tools = explained(made, "setuptools")
    assert tools.node.overlay_of == "ext"
    assert ways(tools) == [["ext", "setuptools>=61"]]
    numpy = explained(made, "numpy")
    assert ways(numpy) == [["ext", "numpy"]]
    assert [edge.parent for edge in numpy.builds] == ["pypi:ext"]


def test_without_a_manifest_there_are_ranges_but_no_ways() -> None:
    found = explained(graph(locked(pypi=[wheel("a 1", "b<2"), wheel("b 1")]), None), "b")
    assert (found.chains, [edge.range for edge in found.ranges]) == ((), ["b<2"])


def test_a_chain_may_be_long() -> None:
    chain = [wheel(f"p{number} 1", f"p{number + 1}") for number in range(3000)]
    made = graph(locked(record("python 3.12"), pypi=[*chain, wheel("p3000 1")]), lines(pypi=["p0"]))
    (chains,) = why(made, made.nodes["pypi:p3000"]).chains
    assert chains.total == 1
    assert [edge.child for edge in chains.ways[0]][-2:] == ["pypi:p2999", "pypi:p3000"]
