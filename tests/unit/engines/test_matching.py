"""Match specs and versions as conda compares them."""

from __future__ import annotations

import pytest

from interlock.engines.rattler.matching import is_newer, spec_admits, version_range


@pytest.mark.parametrize(
    ("spec", "answer"),
    [
        ("n >=1,<2", ">=1,<2"),
        ("n 1.26", "==1.26"),
        ("n =1.26", "1.26.*"),
        ("n", ""),
        ("n >=>", None),
    ],
)
def test_the_version_part(spec: str, answer: str | None) -> None:
    assert version_range(spec) == answer


@pytest.mark.parametrize(
    ("spec", "answer"),
    [
        ("conda-forge::numpy >=1.20", True),
        ("numpy 1.26.* py312*", True),
        ("numpy 1.26.* py311*", False),
        ("other", False),
        ("numpy >=>", None),
    ],
)
def test_what_a_spec_admits(spec: str, answer: bool | None) -> None:
    assert spec_admits(spec, name="numpy", version="1.26.4", build="py312_0") is answer


def test_a_virtual_package_may_have_no_build() -> None:
    assert spec_admits("__glibc >=2.17,<3.0.a0", name="__glibc", version="2.28", build="") is True


@pytest.mark.parametrize(
    ("version", "than", "answer"),
    [("1.10", "1.9", True), ("1.1.1w", "1.1.1l", True), ("1.0", "1.0", False), ("1", "a b", None)],
)
def test_which_version_is_newer(version: str, than: str, answer: bool | None) -> None:
    assert is_newer(version, than) is answer
