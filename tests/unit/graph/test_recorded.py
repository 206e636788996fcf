"""Graphs as an install records them."""

from __future__ import annotations

import json
from dataclasses import replace

from rich.console import Console, RenderableType

from interlock.cli.graphs import render_tree, render_why
from interlock.cli.json.graphs import tree_document, why_document
from interlock.graph.lookup import find_all
from interlock.graph.model import Graph, Node
from interlock.graph.neighbours import beside
from interlock.graph.recorded import from_record, origin_of, to_record
from interlock.graph.tree import TreeOptions, make_tree
from interlock.graph.why import tightest_of, why
from interlock_hooks.types import (
    BuildMode,
    Location,
    Metadata,
    NameOrigin,
    PassedOver,
    PrebuiltWheel,
    ProvidedDistribution,
)
from kit.locked import graph, lines, locked, plan, record, sdist, wheel

SOURCE = sdist("ext 1", "array")
PLAN = plan(SOURCE, BuildMode.MATCHED, needs=["setuptools"], matched=["array"], overlay=[wheel("setuptools 80")])
PREBUILT = PrebuiltWheel(
    url="https://wheels.example/ext-1.whl", filename="ext-1.whl", sha256="0" * 64, why=("it is for python 3.12",)
)
ENVIRONMENT = locked(
    record("python 3.12.7"),
    record("array 2.0", "python >=3.12", "__glibc >=2.17", constrains=["python <4"]),
    pypi=[wheel("app 1", "array>=1", "ext"), SOURCE],
    provides={"array 2.0": "array"},
    plans=[replace(PLAN, prebuilt=PREBUILT)],
    machine={"__glibc": "2.28"},
)
ASKED = lines(conda=["array >=1", "python"], pypi=["app"], limits=["array <3"])
ORIGIN = NameOrigin(rule="purl", where=Location(file="pixi.toml", line=7, key="map"))


def made() -> Graph:
    resolution = replace(
        ENVIRONMENT.resolution,
        metadata=(Metadata(name=SOURCE.name, version="1", origin="static", place="setup.py", refuted=("sdist",)),),
        passed_over=(PassedOver(name=SOURCE.name, version="2", why="it needs array<1", older=True),),
    )
    other = graph(locked(record("array 2.0"), record("tool 1.0", "array <4"), name="test"), lines(conda=["tool"]))
    return beside(graph(replace(ENVIRONMENT, resolution=resolution), ASKED), [other])


def origin(_: Node, provided: ProvidedDistribution) -> NameOrigin:
    assert provided.name == "array"
    return ORIGIN


def shown(renderable: RenderableType) -> str:
    console = Console(width=90)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def test_what_comes_back_is_shown_like_what_was_recorded() -> None:
    graph = made()
    back = from_record(json.loads(json.dumps(to_record(graph, origin, tightest_of))))
    assert back.edges == graph.edges
    assert (back.lines or {}).keys() == (graph.lines or {}).keys()
    for options in (TreeOptions(), TreeOptions(invert=True), TreeOptions(depth=1, builds=True)):
        trees, again = make_tree(graph, (), options), make_tree(back, (), options)
        assert tree_document(back, again, inverted=options.invert) == tree_document(
            graph, trees, inverted=options.invert
        )
        assert shown(render_tree(back, again)) == shown(render_tree(graph, trees))
    for name in (node.name for node in graph.nodes.values()):
        found, again = ([why(each, node) for node in find_all(each, name)] for each in (graph, back))
        assert why_document(back, again) == why_document(graph, found)
        for one, other in zip(found, again, strict=True):
            text = shown(render_why(back, other, origin_of, complete=True))
            assert text == shown(render_why(graph, one, origin, complete=True))


def test_bounds_that_were_left_for_later_are_found_when_asked() -> None:
    graph = made()
    back = from_record(to_record(graph, origin, lambda *_: None))
    assert back.tightest == {}
    (node,) = find_all(back, "array")
    assert why(back, node).highest == why(graph, find_all(graph, "array")[0]).highest != frozenset()


def test_a_graph_whose_lines_are_not_known_comes_back_without() -> None:
    assert from_record(to_record(replace(made(), lines=None), origin, tightest_of)).lines is None
