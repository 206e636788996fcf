"""Step markers at the beginning of build output."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.cli.steps import split_step


@pytest.mark.parametrize(
    ("line", "step", "rest"),
    [
        ("[12/73] nvcc -c a.cu", "[12/73]", "nvcc -c a.cu"),
        ("  [ 1/20] Compiling C object", "[1/20]", "Compiling C object"),
        ("[  5%] Building CXX object", "[5%]", "Building CXX object"),
        ("[100%] Built target x", "[100%]", "Built target x"),
        ("gcc -c [1/2].c", "", "gcc -c [1/2].c"),
        ("[1/]", "", "[1/]"),
        ("[1000%] no", "", "[1000%] no"),
        ("", "", ""),
    ],
)
def test_a_line_and_its_step(line: str, step: str, rest: str) -> None:
    assert split_step(line) == (step, rest)


@given(st.integers(0, 9999), st.integers(1, 9999), st.text(alphabet="ab [/", max_size=10))
def test_every_ninja_marker_is_found(done: int, total: int, rest: str) -> None:
    assert split_step(f"[{done}/{total}] {rest}") == (f"[{done}/{total}]", rest.strip())
