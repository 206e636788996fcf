"""What ranges say and admit, in conda's words and in PyPI's."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from interlock.graph.model import Edge, Node
from interlock.graph.ranges import admits, fits_interpreter, range_text, restricts
from interlock_hooks.types import PythonTarget
from kit.locked import graph, locked, record, wheel


def edge(text: str, ecosystem: Literal["conda", "pypi"] = "conda") -> Edge:
    return Edge(parent=f"by {text}", child="child", range=text, ecosystem=ecosystem)


def node(text: str, provides: dict[str, str] | None = None) -> Node:
    return graph(locked(record(text), provides=provides)).nodes[f"conda:{text.split()[0]}"]


@pytest.mark.parametrize(
    ("text", "ecosystem", "shown", "restricting"),
    [
        ("numpy", "conda", "", False),
        ("numpy *", "conda", "*", False),
        ("numpy >=1,<2", "conda", ">=1,<2", True),
        ("conda-forge::numpy 1.2 py_0", "conda", "1.2 py_0", True),
        ("blas * mkl", "conda", "* mkl", True),
        ("numpy", "pypi", "", False),
        ("numpy>=1", "pypi", ">=1", True),
        ("uvicorn[standard]", "pypi", "[standard]", False),
        ("x[a,b]>1; python_version<'4'", "pypi", "[a,b]>1; python_version<'4'", True),
        ("x ; sys_platform=='linux'", "pypi", "; sys_platform=='linux'", False),
        ("x @ https://host.example/x.whl", "pypi", "@ https://host.example/x.whl", True),
    ],
)
def test_the_range_without_the_name(
    text: str, ecosystem: Literal["conda", "pypi"], shown: str, restricting: bool
) -> None:
    assert range_text(edge(text, ecosystem)) == shown
    assert restricts(edge(text, ecosystem)) is restricting


@pytest.mark.parametrize(
    ("text", "ecosystem", "answer"),
    [
        ("pytorch >=2.6", "conda", True),
        ("pytorch >=2.6 cuda*", "conda", False),
        ("torch>=2.6", "pypi", True),
        ("torch<2.6", "pypi", False),
        ("torch @ file:///x.whl", "pypi", None),
    ],
)
def test_what_a_range_admits(text: str, ecosystem: Literal["conda", "pypi"], answer: bool | None) -> None:
    # To a PyPI requirement it is the distribution that counts, which may have a version of its own.
    record_node = node("pytorch 2.6.0.1 cpu_0", {"torch 2.6.0": "pytorch"})
    assert admits(edge(text, ecosystem), record_node) is answer


def test_a_match_spec_says_nothing_of_a_pypi_package() -> None:
    package = graph(locked(pypi=[wheel("numpy 1.0")])).nodes["pypi:numpy"]
    assert admits(edge("numpy >=1"), package) is None


@pytest.mark.parametrize(
    ("tag", "fits"),
    [
        ("py3-none-any", True),
        ("py2.py3-none-any", True),
        ("cp312-cp312-manylinux_2_17_x86_64", True),
        ("cp311-cp311-manylinux_2_17_x86_64", False),
        ("cp39-abi3-manylinux_2_17_x86_64", True),
        ("cp313-abi3-manylinux_2_17_x86_64", False),
        ("py310-none-any", True),
    ],
)
def test_whether_a_wheel_is_for_an_interpreter(tag: str, fits: bool) -> None:
    package = wheel("x 1.0")
    package = replace(package, artifact=replace(package.artifact, filename=f"x-1.0-{tag}.whl"))
    assert fits_interpreter(package, PythonTarget(version="3.12.7", platform="linux-64")) is fits


@pytest.mark.parametrize(("tag", "fits"), [("cp313-cp313", False), ("cp39-abi3", False), ("cp313-cp313t", True)])
def test_whether_a_wheel_is_for_an_interpreter_without_the_global_lock(tag: str, fits: bool) -> None:
    package = wheel("x 1.0")
    package = replace(package, artifact=replace(package.artifact, filename=f"x-1.0-{tag}-linux_x86_64.whl"))
    python = PythonTarget(version="3.13.1", platform="linux-64", free_threaded=True)
    assert fits_interpreter(package, python) is fits
