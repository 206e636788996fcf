"""Build variables, and what `env info` tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

import pytest

from interlock.cuda.describe import describe_cuda, info_section
from interlock.cuda.plugin import CudaPlugin
from interlock_hooks.types import (
    ActivationOptions,
    BuildMode,
    BuildPlan,
    CondaSolution,
    EnvironmentRequest,
    LockedEnvironment,
    Resolution,
    Severity,
    VirtualPackage,
)

from .environments import TORCH_SETUP, conda, request, resolution, source, wheel

TORCH = resolution(wheel("torch", "2.6.0+cu124"))
FLASH = source("flash-attn", "csrc/flash.cu", setup_py=TORCH_SETUP)


@pytest.mark.parametrize(
    ("declared", "solution", "torch"),
    [
        (["8.0", "9.0"], conda(arch="8.6"), "8.0;9.0"),
        (None, conda(arch="8.6"), "8.6"),
        # Not a word of the GPU of this machine: that is found out where it is built.
        (None, conda(), "native"),
        (None, conda("cuda-nvcc 12.6.20"), "native|5.0;6.0;7.0;7.5;8.0;8.6;9.0"),
        # torch was built for 12.4, and its architectures count as far as nvcc 13.0 knows them.
        (None, conda("cuda-nvcc 13.0.48"), "native|7.5;8.0;8.6;9.0"),
    ],
)
def test_architectures_of_builds(declared: list[str] | None, solution: CondaSolution, torch: str) -> None:
    asked = request(architectures=declared) if declared else request()
    found = CudaPlugin().interlock_build_variables(TORCH, asked, solution, FLASH)
    assert found is not None
    assert found["TORCH_CUDA_ARCH_LIST"] == torch


@pytest.mark.parametrize("variables", [{}, {"flash-attn": {"FLASH_ATTENTION_SKIP_CUDA_BUILD": "TRUE"}}])
def test_what_compiles_no_cuda_gets_no_variables(variables: Mapping[str, Mapping[str, str]]) -> None:
    plain = FLASH if variables else source("flash-attn", setup_py="setup()")
    asked = request(variables=variables, architectures=["9.0"])
    assert CudaPlugin().interlock_build_variables(resolution(), asked, conda(), plain) is None


def test_beside_a_torch_for_the_cpu_no_gpu_counts() -> None:
    ask = CudaPlugin().interlock_build_variables
    torch = resolution(wheel("torch", "2.6.0+cpu"))
    assert ask(torch, request(), conda(), FLASH) is None
    # Unless there is an nvcc: conda's, or one that the manifest names.
    own = request(variables={"flash-attn": {"CUDA_HOME": "/opt/cuda"}})
    for asked, solution in ((request(), conda("cuda-nvcc 12.6.20")), (own, conda())):
        assert "TORCH_CUDA_ARCH_LIST" in (ask(torch, asked, solution, FLASH) or {})


def nvidia(runtime: str) -> Resolution:
    return resolution(
        wheel("torch", "2.6.0"),
        wheel("nvidia-cuda-runtime-cu12", runtime),
        wheel("nvidia-cusparse-cu12", "12.3.1.170"),
        wheel("nvidia-cuda-nvcc-cu12", runtime),
    )


@pytest.mark.parametrize(
    ("found", "solution", "wheels"),
    [
        (
            nvidia("12.4.127"),
            conda("cuda-nvcc 12.4.131"),
            "nvidia-cuda-runtime-cu12==12.4.127 nvidia-cusparse-cu12==12.3.1.170",
        ),
        # Another release, no compiler, no wheels.
        (nvidia("12.6.77"), conda("cuda-nvcc 12.4.131"), None),
        (nvidia("12.4.127"), conda(), None),
        (TORCH, conda("cuda-nvcc 12.4.131"), None),
    ],
)
def test_wheels_complete_a_toolkit_of_their_release(
    found: Resolution, solution: CondaSolution, wheels: str | None
) -> None:
    variables = CudaPlugin().interlock_build_variables(found, request(), solution, FLASH)
    assert variables is not None
    assert variables.get("INTERLOCK_CUDA_WHEELS") == wheels


def test_what_knows_a_version_side_by_side() -> None:
    solution = conda("cuda-nvcc 12.4.131", "cuda-version 12.4")
    packages = resolution(wheel("torch", "2.6.0+cu124"), wheel("nvidia-cublas-cu12", "12.4.5.8"))
    locked = LockedEnvironment(name="default", platform="linux-64", conda=solution, resolution=packages)
    info = describe_cuda(
        request(architectures=["9.0"]),
        locked,
        variables={"CONDA_OVERRIDE_CUDA": "12.6"},
        detected=[VirtualPackage(name="__cuda", version="13.0", origin="detected")],
        gpus=["8.6", "9.0"],
    )
    assert asdict(info) == {
        "driver": {"declared": "12", "override": "12.6", "detected": "13.0"},
        "architecture": {"declared": None, "override": None, "detected": "8.6, 9.0"},
        "toolkit": "12.4.131",
        "cuda_version": "12.4",
        "frameworks": (
            {"name": "torch", "version": "2.6.0+cu124", "cuda": "12.4", "evidence": "its version ends in +cu124"},
        ),
        "libraries": (
            {
                "name": "nvidia-cublas-cu12",
                "version": "12.4.5.8",
                "cuda": "12",
                "evidence": "its name",
            },
        ),
        "compiled": (),
        "architectures": ("9.0",),
    }


def test_without_a_lock_there_is_less_to_know() -> None:
    info = describe_cuda(request(), None, variables={}, detected=[], gpus=[])
    assert (info.toolkit, info.frameworks, info.architecture.detected) == (None, (), None)


def test_what_env_info_shows_of_it() -> None:
    locked = LockedEnvironment(
        name="default",
        platform="linux-64",
        conda=conda("cuda-nvcc 12.4.131"),
        resolution=resolution(wheel("torch", "2.6.0+cu124")),
    )
    detected = [VirtualPackage(name="__cuda", version="13.0", origin="detected")]
    section = info_section(describe_cuda(request(), locked, variables={}, detected=detected, gpus=[]), None)
    assert section.name == "cuda"
    assert section.data["toolkit"] == "12.4.131"
    assert section.rows == (
        ("CUDA driver", "12 (declared), 13.0 (detected)"),
        ("CUDA toolkit", "12.4.131 (locked; cuda-version not locked)"),
        ("built for CUDA", "12.4: torch 2.6.0+cu124 (its version ends in +cu124)"),
    )


def locked(torch: str, solution: CondaSolution, *programs: str) -> LockedEnvironment:
    plan = BuildPlan(package=wheel("flash-attn", "2.8"), mode=BuildMode.MATCHED, programs=programs)
    return LockedEnvironment(
        name="default", platform="linux-64", conda=solution, resolution=resolution(wheel("torch", torch)), plans=(plan,)
    )


def test_an_install_stops_before_a_build_that_surely_lacks_nvcc() -> None:
    (finding,) = CudaPlugin().interlock_check_install(locked("2.6.0+cu124", conda(), "nvcc"), request())
    assert (finding.code, finding.severity) == ("IL515", Severity.ERROR)
    assert '`cuda-nvcc = "12.4.*"`' in finding.fix
    (warning,) = CudaPlugin().interlock_check_install(locked("2.6.0+cu124", conda(), "nvcc"), request(coherence="warn"))
    assert warning.severity is Severity.WARNING


def test_an_install_warns_of_a_build_that_may_lack_nvcc() -> None:
    def found(**variables: str) -> list[tuple[str, Severity]]:
        lock = locked("2.6.0+cu124", conda())
        plans = tuple(replace(plan, variables=tuple(variables.items())) for plan in lock.plans)
        findings = CudaPlugin().interlock_check_install(replace(lock, plans=plans), request())
        return [(finding.code, finding.severity) for finding in findings]

    assert found(TORCH_CUDA_ARCH_LIST="native") == [("IL515", Severity.WARNING)]
    assert found(TORCH_CUDA_ARCH_LIST="native", FORCE_CUDA="0") == []
    assert found(MAX_JOBS="4") == []


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        (locked("2.6.0+cu124", conda()), request()),
        (locked("2.6.0+cu124", conda("cuda-nvcc 12.4.131"), "nvcc"), request()),
        (locked("2.6.0+cpu", conda(driver="12.4"), "nvcc"), request()),
        (locked("2.6.0+cu124", conda(), "nvcc"), request(variables={"flash-attn": {"CUDA_HOME": "/opt/cuda"}})),
        (locked("2.6.0+cu124", conda(), "nvcc"), request(coherence="off")),
        (
            locked("2.6.0+cu124", conda(), "nvcc"),
            replace(request(), activation=ActivationOptions(scripts=("toolkit.sh",))),
        ),
    ],
)
def test_what_may_be_built_is_not_stopped(lock: LockedEnvironment, asked: EnvironmentRequest) -> None:
    assert CudaPlugin().interlock_check_install(lock, asked) == []
