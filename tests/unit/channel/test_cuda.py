from __future__ import annotations

import pytest

from interlock.channel.cuda import Plan
from interlock.channel.release import Release
from interlock.channel.toolkit import Toolkit

PINS = {
    "nvidia-cuda-nvcc": "13.0.88", "nvidia-cuda-crt": "13.0.88", "nvidia-nvvm": "13.0.88",
    "nvidia-cuda-runtime": "13.0.96", "nvidia-cuda-cccl": "13.0.85", "nvidia-nvptxcompiler": "13.0.88",
}  # fmt: skip


@pytest.fixture
def plan() -> Plan:
    return Plan(Toolkit.load().closure(["cuda-nvcc", "cuda-compiler"]), Release("13.0", "13.0.3", PINS), full=False)


def depends(plan: Plan, name: str) -> list[str]:
    return plan.depends(plan.toolkit.packages[name])


def test_every_package_is_held_to_its_cuda_minor_version(plan: Plan) -> None:
    for name in plan.toolkit.packages:
        pinned = "cuda-version >=13.0,<13.1.0a0" in depends(plan, name)
        assert pinned == (name != "cuda-version")


def test_cuda_version_asks_for_a_driver(plan: Plan) -> None:
    spec = plan.toolkit.packages["cuda-version"]
    assert plan.version(spec) == "13.0"
    assert plan.constrains(spec) == ["__cuda >=13"]


def test_siblings_are_pinned_to_version_and_build(plan: Plan) -> None:
    assert depends(plan, "cuda-nvcc-tools")[1:] == [
        f"cuda-crt-tools 13.0.88 {plan.build}",
        f"cuda-nvvm-tools 13.0.88 {plan.build}",
    ]


def test_the_compiler_of_the_system_is_used(plan: Plan) -> None:
    assert [d for name in plan.toolkit.packages for d in depends(plan, name) if d.startswith(("gcc", "gxx"))] == []


def test_versions_follow_the_component_or_the_toolkit(plan: Plan) -> None:
    packages = plan.toolkit.packages
    assert plan.version(packages["cuda-cudart"]) == "13.0.96"
    assert plan.version(packages["cuda-compiler"]) == "13.0.3"
    assert plan.package(packages["cuda-cccl_linux-64"]).subdir == "noarch"


def test_the_build_changes_with_the_inputs_and_only_with_them(plan: Plan) -> None:
    again = Plan(Toolkit.load(), Release("13.0", "13.0.3", dict(PINS)), full=False)
    newer = Plan(plan.toolkit, Release("13.0", "13.0.3", {**PINS, "nvidia-cuda-nvcc": "13.0.89"}), full=False)
    full = Plan(plan.toolkit, plan.release, full=True)
    assert plan.build == again.build
    assert len({plan.build, newer.build, full.build}) == 3
    assert full.package(plan.toolkit.packages["cuda-nvcc"]).number > plan.number
