"""Ranges of other environments of a solve group."""

from __future__ import annotations

from interlock.graph.changes import compare
from interlock.graph.lookup import find
from interlock.graph.model import Graph
from interlock.graph.neighbours import beside
from interlock.graph.why import why
from kit.locked import graph, lines, locked, record, wheel


def other(*requires: str) -> Graph:
    environment = locked(record("lib 1.0"), record("tool 1.0", *requires), pypi=[wheel("frame 1")], name="test")
    return graph(environment, lines(conda=["tool"], pypi=["frame<2"]))


OWN = graph(locked(record("lib 1.0"), pypi=[wheel("frame 1")]), lines(conda=["lib"], pypi=["frame"]))


def test_what_others_limit_counts_as_a_range_and_not_as_a_way() -> None:
    made = beside(OWN, [other("lib <2")])
    found = why(made, find(made, "lib")[0])
    assert [edge.range for edge in found.ranges] == ["lib <2"]
    assert str(made.parent(found.ranges[0])) == "tool 1.0 (environment test)"
    assert len(found.chains) == 1
    (edge,) = why(made, find(made, "frame")[0]).ranges
    assert "(environment test)" in str(made.parent(edge))


def test_what_says_nothing_new_is_left_out() -> None:
    assert beside(OWN, [other("lib")]).neighbours.keys() == beside(OWN, [other()]).neighbours.keys()
    assert beside(OWN, [OWN]).neighbours == {}


def test_a_limit_of_another_environment_is_a_cause() -> None:
    newer = locked(record("lib 2.0"), pypi=[wheel("frame 1")])
    before = graph(newer, lines(conda=["lib"], pypi=["frame"]))
    (change,) = compare(before, beside(OWN, [other("lib <2")]))
    assert [cause.text for cause in change.causes] == ["tool 1.0 (environment test) limits it to lib <2 (new)"]
    (back,) = compare(beside(OWN, [other("lib <2")]), before)
    assert "tool 1.0 (environment test) no longer limits it to lib <2" in back.causes[0].text
