from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.core.cuda_versions import CudaVersion, plain_version, written_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("cu124", "12.4"),
        ("cu130", "13.0"),
        ("cu118", "11.8"),
        ("cu92", "9.2"),
        ("cu12", "12"),
        ("cuda12.cudnn89", "12"),
        ("pt26cu124", "12.4"),
        ("cu12torch2.6cxx11abifalse", "12"),
        ("cupy-cuda12x", "12"),
        ("cupy-cuda115", "11.5"),
        ("jax-cuda13-plugin", "13"),
        ("nvidia-cublas-cu12", "12"),
        ("cuda126_generic_py312_h1234567_200", "12.6"),
        ("cuda_126_mkl_py312", "12.6"),
        ("py3.10_cuda11.8_cudnn8.7.0_0", "11.8"),
        ("gpu_cuda118py310h0", "11.8"),
        ("cpu", None),
        ("py312hcu12", None),
        ("cudnn89", None),
        ("cu1240", None),
        ("focus12", None),
        ("cuda-python", None),
        ("rocm6.3", None),
    ],
)
def test_how_packages_write_a_version(text: str, version: str | None) -> None:
    found = written_version(text)
    assert (None if found is None else str(found)) == version


@pytest.mark.parametrize(("text", "version"), [("12.4.131", "12.4"), ("13.0", "13.0"), ("12", "12"), ("x", None)])
def test_a_plain_version(text: str, version: str | None) -> None:
    found = plain_version(text)
    assert (None if found is None else str(found)) == version


@given(st.integers(10, 19), st.integers(0, 9))
def test_a_backend_name_is_read_back(major: int, minor: int) -> None:
    assert written_version(f"+cu{major}{minor}") == CudaVersion(major, minor)


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    written_version(text)
    plain_version(text)


def test_comparisons_leave_the_unknown_open() -> None:
    twelve, four, six = CudaVersion(12), CudaVersion(12, 4), CudaVersion(12, 6)
    assert six.newer_than(four)
    assert not four.newer_than(six)
    assert not six.newer_than(twelve)
    assert not twelve.newer_than(four)
    assert CudaVersion(13).newer_than(six)
    assert four.differs_in_minor(six)
    assert not four.differs_in_minor(twelve)
    assert not four.differs_in_minor(CudaVersion(13, 0))
