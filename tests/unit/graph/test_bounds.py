"""Where ranges end, in conda's words and in PyPI's."""

from __future__ import annotations

from typing import Literal

import pytest

from interlock.graph.bounds import bounds, tightest
from interlock.graph.model import Edge


def edge(text: str, ecosystem: Literal["conda", "pypi"] = "conda") -> Edge:
    return Edge(parent=f"by {text}", child="child", range=text, ecosystem=ecosystem)


@pytest.mark.parametrize(
    ("text", "ecosystem", "lower", "upper"),
    [
        ("n >=1.2,<2", "conda", (("1.2", True)), ("2", False)),
        ("n 1.26.*", "conda", ("1.26", True), ("1.27", False)),
        ("n =1.26", "conda", ("1.26", True), ("1.27", False)),
        ("n 1.26", "conda", ("1.26", True), ("1.26", True)),
        ("n >1|==0.5", "conda", ("0.5", True), None),
        ("n 1.2|>=1.5,<2", "conda", ("1.2", True), ("2", False)),
        ("n !=1", "conda", None, None),
        ("n", "conda", None, None),
        ("n[version='<3']", "conda", None, ("3", False)),
        ("n~=1.2.3", "pypi", ("1.2.3", True), ("1.3", False)),
        ("n==1.*", "pypi", ("1", True), ("2", False)),
        ("n===1.5", "pypi", ("1.5", True), ("1.5", True)),
        ("n>1,<=2,!=1.5", "pypi", ("1", False), ("2", True)),
    ],
)
def test_where_a_range_ends(
    text: str, ecosystem: Literal["conda", "pypi"], lower: tuple[str, bool] | None, upper: tuple[str, bool] | None
) -> None:
    found = bounds(edge(text, ecosystem), conda=ecosystem == "conda")
    assert found is not None
    assert (found.lower and (str(found.lower[0]), found.lower[1])) == lower
    assert (found.upper and (str(found.upper[0]), found.upper[1])) == upper


@pytest.mark.parametrize("text", ["n >=1,(<2|>3)", "n 1!2.*", "n >=>", "n ~=2"])
def test_an_end_that_cannot_be_told(text: str) -> None:
    assert bounds(edge(text), conda=True) is None


def test_the_tightest_bounds_of_both_ecosystems() -> None:
    low, high, both, equal = edge("n >=1.5"), edge("n<=1.9", "pypi"), edge("n>=1,<2", "pypi"), edge("n <=1.9,>1.2")
    lower, upper = tightest([low, high, both, equal, edge("n")], conda=False)
    assert lower == {low}
    assert upper == {high, equal}


def test_conda_versions_are_compared_as_conda_does() -> None:
    ranges = [edge("openssl >=1.1.1s,<1.1.2a"), edge("openssl >=1.1.1o,<4"), edge("openssl >=1.1")]
    assert tightest(ranges, conda=True) == ({ranges[0]}, {ranges[0]})


def test_beside_a_range_that_cannot_be_read_none_is_the_tightest() -> None:
    assert tightest([edge("n >=1"), edge("n @ https://host.example/n.whl", "pypi")], conda=False) == (set(), set())
