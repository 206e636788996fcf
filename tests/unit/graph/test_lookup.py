"""Finding packages by name, and what is said when there is none."""

from __future__ import annotations

import pytest

from interlock.graph.lookup import find
from interlock_hooks.types import InterlockError
from kit.locked import graph, lines, locked, plan, record, sdist, wheel

SOURCE = sdist("ext 1.0")
MADE = graph(
    locked(
        record("pytorch 2.6"),
        record("typing_extensions 4.12"),
        pypi=[SOURCE],
        provides={"torch 2.6": "pytorch", "typing-extensions 4.12": "typing_extensions"},
        plans=[plan(SOURCE, needs=["setuptools"], overlay=[wheel("setuptools 80")])],
        machine={"__glibc": "2.28"},
    ),
    lines(pypi=["ext", "later>=1"]),
)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("torch", ["conda:pytorch"]),
        ("PyTorch", ["conda:pytorch"]),
        ("Typing.Extensions", ["conda:typing_extensions"]),
        ("__glibc", ["machine:__glibc"]),
        ("setuptools", ["build:ext:setuptools"]),
    ],
)
def test_any_name_in_any_spelling(name: str, keys: list[str]) -> None:
    assert [node.key for node in find(MADE, name)] == keys


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("pytroch", "did you mean pytorch or torch?"),
        ("torhc", "did you mean torch or pytorch?"),
        ("extensions", "did you mean typing-extensions?"),
        ("qqqqqq", "run `interlock env list` to see all packages"),
    ],
)
def test_an_unknown_name_gives_the_nearest(name: str, fix: str) -> None:
    with pytest.raises(InterlockError) as caught:
        find(MADE, name)
    finding = caught.value.findings[0]
    assert (finding.code, finding.fix) == ("IL693", fix)


def test_a_name_that_only_the_manifest_has() -> None:
    with pytest.raises(InterlockError) as caught:
        find(MADE, "later")
    finding = caught.value.findings[0]
    assert finding.why == "pyproject.toml:2 asks for later>=1, but the lock does not contain it"
    assert finding.where is not None
    assert finding.fix == "run `interlock env lock`"


def test_a_name_of_another_environment() -> None:
    other = graph(locked(record("pytest 8.0"), name="test"), None)
    with pytest.raises(InterlockError) as caught:
        find(MADE, "pytest", elsewhere=[other])
    finding = caught.value.findings[0]
    assert (finding.why, finding.fix) == ("it is in test on linux-64", "add `-e test`")
