from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock.engines import drivers
from interlock.engines.gpus import (
    architecture_variables,
    is_native,
    native_capabilities,
    native_variables,
    present_capabilities,
    without_gpu,
)


@pytest.mark.parametrize(
    ("names", "torch", "cmake"),
    [
        (["9.0"], "9.0", "90-real"),
        (["8.0", "9.0a", "12.0+PTX"], "8.0;9.0a;12.0+PTX", "80-real;90a-real;120"),
        (["10.0f"], "10.0f", "100f-real"),
    ],
)
def test_how_build_tools_read_architectures(names: list[str], torch: str, cmake: str) -> None:
    assert architecture_variables(names) == {"TORCH_CUDA_ARCH_LIST": torch, "CUDAARCHS": cmake}


def test_what_is_left_to_the_building_machine_names_what_to_do_without_a_gpu() -> None:
    assert native_variables() == {"TORCH_CUDA_ARCH_LIST": "native", "CUDAARCHS": "native"}
    variables = native_variables(["8.0", "9.0+PTX"])
    assert variables == {"TORCH_CUDA_ARCH_LIST": "native|8.0;9.0+PTX", "CUDAARCHS": "native|80-real;90"}
    assert all(is_native(*pair) for pair in variables.items())
    assert [without_gpu(value) for value in variables.values()] == ["8.0;9.0+PTX", "80-real;90"]
    assert not is_native("OTHER", "native")
    assert without_gpu("native") == ""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory that is all that the machine has of programs."""
    monkeypatch.setattr(drivers, "SYSTEM_PATH", str(tmp_path))
    monkeypatch.setattr(drivers, "_ELSEWHERE", (str(tmp_path / "driver"),))
    present_capabilities.cache_clear()
    yield tmp_path
    present_capabilities.cache_clear()


def program(path: Path, *lines: str, status: int = 0) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *(f"echo '{line}'" for line in lines), f"exit {status}\n"]))
    path.chmod(0o755)


def test_a_machine_without_a_driver_has_no_gpus(machine: Path) -> None:
    assert present_capabilities() == ()
    assert native_capabilities(machine / "prefix") == ()


@pytest.mark.parametrize(("lines", "status"), [(["NVIDIA-SMI has failed"], 9), (["[N/A]"], 0), (["8.6"], 1)])
def test_a_driver_that_does_not_answer_is_no_gpu(machine: Path, lines: list[str], status: int) -> None:
    program(machine / "nvidia-smi", *lines, status=status)
    assert present_capabilities() == ()


def test_a_driver_may_be_mounted_with_its_programs(machine: Path) -> None:
    program(machine / "driver" / "nvidia-smi", "9.0")
    assert present_capabilities() == ("9.0",)


def test_gpus_are_listed_once_in_order_of_their_numbers(machine: Path) -> None:
    program(machine / "nvidia-smi", "12.0", "8.6", "9.0", "8.6")
    assert present_capabilities() == ("8.6", "9.0", "12.0")
    assert native_capabilities(machine / "prefix") == ("8.6", "9.0", "12.0+PTX")


def test_a_gpu_that_nvcc_does_not_know_runs_ptx_of_the_newest_one_below(machine: Path) -> None:
    program(machine / "nvidia-smi", "8.6", "12.0")
    program(machine / "bin" / "nvcc", "compute_80", "compute_86", "compute_90")
    assert native_capabilities(machine) == ("8.6", "9.0+PTX")
