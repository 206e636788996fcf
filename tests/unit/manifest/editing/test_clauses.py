"""Ranges that are opened for a solve, and written anew for what it chose."""

from __future__ import annotations

from functools import partial

import pytest

from interlock.manifest.editing.clauses import read_clauses
from interlock.project.solved_bounds import admits

CASES = [
    # ecosystem, name, range, opened, lowest, highest, new
    ("conda", "tool", ">=1.2,<2", ">=1.2", "2.3.1", "2.3.1", ">=2.3.1,<3"),
    ("conda", "tool", "<2", "", "3.1", "3.1", ">=3.1,<4"),
    ("conda", "python", "3.11.*", ">=3.11", "3.13.2", "3.13.2", "3.13.*"),
    ("conda", "python", "3.11.*", ">=3.11", "3.12.1", "3.13.2", ">=3.12.1,<3.14"),
    ("conda", "python", "=3.11", ">=3.11", "3.13.2", "3.13.2", "=3.13"),
    ("conda", "tool", ">=1,<2,!=2.1", ">=1,!=2.1", "2.3", "2.3", ">=2.3,<3,!=2.1"),
    ("conda", "tool", "==1.2", ">=1.2", "2.0", "2.0", "==2.0"),
    ("conda", "tool", "==1.2", ">=1.2", "2.0", "2.1", ">=2.0,<3"),
    ("conda", "tool", "1.2", ">=1.2", "2.0", "2.0", "2.0"),
    ("pypi", "lib", "~=1.4", ">=1.4", "2.3.1", "2.3.1", "~=2.3"),
    ("pypi", "lib", "~=1.4.2", ">=1.4.2", "2.3.1", "2.3.1", "~=2.3.1"),
    ("pypi", "lib", "~=1.4.2", ">=1.4.2", "2.3.1", "2.4.0", ">=2.3.1"),
    ("pypi", "lib", "==1.*", ">=1", "2.3.1", "2.3.1", "==2.*"),
    ("pypi", "lib", ">=1, <2", ">=1", "2.3.1+cu12", "2.3.1+cu12", ">=2.3.1,<3"),
    ("pypi", "lib", "==1.0", ">=1.0", "2.0a1", "2.0a1", "==2.0a1"),
    ("pypi", "lib", ">=2.0a1,<2", ">=2.0a1", "3.0b1", "3.0b1", ">=3.0b1,<4"),
]


@pytest.mark.parametrize(("ecosystem", "name", "text", "opened", "lowest", "highest", "new"), CASES)
def test_a_range_keeps_its_kind(
    ecosystem: str, name: str, text: str, opened: str, lowest: str, highest: str, new: str
) -> None:
    clauses = read_clauses(ecosystem, text)  # type: ignore[arg-type]
    assert clauses is not None
    assert clauses.relaxed == opened
    fits = partial(admits, ecosystem, name)  # type: ignore[arg-type]
    assert clauses.rewritten(name, lowest, highest, fits) == new
    assert fits(new, lowest)
    assert fits(new, highest)


@pytest.mark.parametrize(
    ("ecosystem", "text", "exact"),
    [
        ("pypi", "==1.0", True),
        ("pypi", "===1.0", True),
        ("pypi", "==1.*", False),
        ("conda", "1.0", True),
        ("conda", "=1.0", False),
        ("conda", "1.0.*", False),
        ("conda", "*", False),
        ("pypi", "", False),
    ],
)
def test_exact_pins(ecosystem: str, text: str, exact: bool) -> None:
    clauses = read_clauses(ecosystem, text)  # type: ignore[arg-type]
    assert clauses is not None
    assert clauses.is_exact is exact


@pytest.mark.parametrize("text", ["1.2|1.3", ">=1 py_0", "(>=1,<2)|3.*", "^1.2", ">=1,,<2"])
def test_what_is_more_than_a_list_of_clauses_is_not_read(text: str) -> None:
    assert read_clauses("conda", text) is None
