from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.builds.prebuilt.candidate import Candidate, candidate
from interlock.builds.prebuilt.choosing import sorted_out
from interlock.builds.prebuilt.target import Target
from interlock.core.cuda_versions import CudaVersion
from interlock_hooks.types import PythonTarget

PYTHON = PythonTarget(version="3.11.9", platform="linux-64", glibc="2.28")
TARGET = Target(PYTHON, Version("2.6.0+cu124"), "cuda", CudaVersion(12, 4), cxx11_abi=False)


def wheel(local: str, tag: str = "cp311-cp311-linux_x86_64", version: str = "2.7.4") -> Candidate:
    return candidate(f"https://example.org/fa-{version}{'%2B' * bool(local)}{local}-{tag}.whl")


def names(candidates: list[Candidate], target: Target = TARGET) -> list[str]:
    return [fit.candidate.version.local or "" for fit in sorted_out(candidates, target)[0]]


@pytest.mark.parametrize(
    ("local", "reason"),
    [
        ("cu12torch2.5", "it is for torch 2.5, and the environment has 2.6.0"),
        ("pt210cu124", "it is for torch 2.10 or 2.1.0, and the environment has 2.6.0"),
        ("cu118torch2.6", "it is for CUDA 11.8, and torch for CUDA 12.4"),
        ("torch2.6cpu", "it is for cpu, and torch for CUDA 12.4"),
        ("rocm6.2torch2.6", "it is for rocm6.2, and torch for CUDA 12.4"),
        ("cu12torch2.6cxx11abiTRUE", "it has the new C++ ABI of libstdc++, and torch the old one"),
    ],
)
def test_a_contradicting_name_is_never_taken(local: str, reason: str) -> None:
    fitting, refused = sorted_out([wheel(local)], TARGET)
    assert (fitting, list(refused.values())) == ([], [reason])


def test_a_name_can_admit_later_versions() -> None:
    later = wheel("cu124torch2.5.0andhigher")
    assert names([later]) == ["cu124torch2.5.0andhigher"]
    _, refused = sorted_out([later], Target(PYTHON, Version("2.4.1"), "cuda", CudaVersion(12, 4)))
    assert list(refused.values()) == ["it is for torch 2.5.0 and later, and the environment has 2.4.1"]


@pytest.mark.parametrize(
    "tag", ["cp312-cp312-linux_x86_64", "cp311-cp311-win_amd64", "cp311-cp311-manylinux_2_39_x86_64"]
)
def test_a_wheel_for_another_interpreter_or_platform_is_never_taken(tag: str) -> None:
    fitting, refused = sorted_out([wheel("pt26cu124", tag)], TARGET)
    assert not fitting
    assert f"it is for {tag}, and the environment has Python 3.11.9" in refused.values()


def test_the_best_one_claims_most_and_is_nearest() -> None:
    offered = ["", "cu12torch2.6", "cu128torch2.6", "cu121torch2.6", "cu124torch2.6", "cu118torch2.6", "cu124"]
    best = ["cu124torch2.6", "cu12torch2.6", "cu121torch2.6", "cu128torch2.6", "cu124", ""]
    assert names([wheel(local) for local in offered]) == best


def test_a_better_tag_decides_between_equals() -> None:
    tags = ["cp311-cp311-linux_x86_64", "cp38-abi3-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_17_x86_64"]
    fitting, _ = sorted_out([wheel("pt26cu124", tag) for tag in tags], TARGET)
    assert fitting[0].candidate.filename.endswith(tags[2] + ".whl")


def test_claims_about_torch_need_a_torch() -> None:
    target = Target(PYTHON)
    _, refused = sorted_out([wheel("pt26cpu")], target)
    assert list(refused.values()) == ["it is for torch 2.6, and the environment has no torch"]
    assert names([wheel("pt26cpu").without_claims()], target) == ["pt26cpu"]


def test_reasons_say_what_is_claimed_and_what_is_there() -> None:
    ((fit,), _) = sorted_out([wheel("cu12torch2.6cxx11abiFALSE")], TARGET)
    assert fit.why == (
        "its tag is cp311-cp311-linux_x86_64",
        "it is for torch 2.6, and the environment has 2.6.0",
        "it is for CUDA 12, and torch for CUDA 12.4",
        "it has the old C++ ABI of libstdc++, as torch",
    )


@pytest.mark.parametrize(
    ("version", "found"),
    [("2.7.4", True), ("2.7.4+cu12torch2.6", True), ("2.7.4+other", False), ("2.7.4.post1", False), ("2.7.3", False)],
)
def test_only_wheels_of_the_resolved_version_count(version: str, found: bool) -> None:
    assert wheel("cu12torch2.6").is_for(canonicalize_name("fa"), Version(version)) is found


def test_names_that_are_not_those_of_wheels_are_left_alone() -> None:
    for name in ("fa.whl", "fa-2.7.4-cp311.whl", "other-2.7.4-cp311-cp311-linux_x86_64.whl", ""):
        assert not candidate(f"https://example.org/{name}").is_for(canonicalize_name("fa"), Version("2.7.4"))


@given(st.permutations(["pt26cu124", "cu12torch2.6", "cu121torch2.6", "", "cu124"]))
def test_the_order_of_the_offers_does_not_matter(offered: list[str]) -> None:
    assert names([wheel(local) for local in offered])[0] == "pt26cu124"
