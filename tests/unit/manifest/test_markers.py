from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker

from interlock.manifest.markers import both, none_of

COMPARISONS = st.sampled_from(
    [
        "sys_platform == 'linux'",
        "sys_platform != 'win32'",
        'python_version < "3.12"',
        "python_version >= '3.11'",
        "python_version ~= '3.11'",
        "python_version === '3.11'",
        "python_full_version ~= '3.11.4'",
        "platform_machine in 'x86_64 aarch64'",
        "platform_machine not in 'arm64'",
        "'lin' in sys_platform",
    ]
)
MARKERS = st.recursive(
    COMPARISONS,
    lambda inner: (
        st.builds("{} {} ({})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or"]), inner)
    ),
    max_leaves=6,
)
ENVIRONMENTS = [
    {
        "sys_platform": system,
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "platform_machine": machine,
    }
    for system in ("linux", "win32", "darwin")
    for python in ("3.10.1", "3.11.3", "3.11.5", "3.12.0")
    for machine in ("x86_64", "arm64")
]


@given(st.lists(MARKERS, min_size=1, max_size=3))
def test_none_of_holds_exactly_where_no_marker_does(markers: list[str]) -> None:
    negation = none_of(str(Marker(marker)) for marker in markers)
    assert negation is not None
    for environment in ENVIRONMENTS:
        expected = not any(Marker(marker).evaluate(environment) for marker in markers)
        assert Marker(negation).evaluate(environment) is expected


@given(MARKERS, MARKERS)
def test_both_holds_where_both_do(first: str, second: str) -> None:
    joined = both(first, second)
    assert joined is not None
    for environment in ENVIRONMENTS:
        expected = Marker(first).evaluate(environment) and Marker(second).evaluate(environment)
        assert Marker(joined).evaluate(environment) is expected


@pytest.mark.parametrize(("first", "second", "expected"), [(None, None, None), ("a", None, "a"), (None, "b", "b")])
def test_an_absent_marker_holds_everywhere(first: str | None, second: str | None, expected: str | None) -> None:
    assert both(first, second) == expected


def test_a_comparison_without_an_opposite() -> None:
    assert none_of(["'3.11' ~= python_version"]) is None
