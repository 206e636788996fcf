"""The CUDA versions that have to fit each other, and whether they do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from interlock.cuda import plugin
from interlock.cuda.describe import describe_cuda, info_section
from interlock.engines import gpus
from interlock.engines.rattler import detect
from interlock_hooks.types import (
    BuildMode,
    BuildPlan,
    CondaSolution,
    EnvironmentRequest,
    InfoSection,
    LockedEnvironment,
    PyPIPackage,
    Severity,
    VirtualPackage,
)

from .environments import conda, request, resolution, wheel

TORCH = wheel("torch", "2.6.0+cu124")
LIBRARIES = (wheel("nvidia-cublas-cu12", "12.4.5.8"), wheel("nvidia-cudnn-cu12", "9.1.0.70"))
NVCC = conda("cuda-nvcc 12.4.131", "cuda-version 12.4")


def locked(solution: CondaSolution, *packages: PyPIPackage) -> LockedEnvironment:
    """A lock with a build that runs nvcc."""
    plan = BuildPlan(package=wheel("flash-attn", "2.8"), mode=BuildMode.MATCHED, programs=("nvcc",))
    return LockedEnvironment(
        name="default", platform="linux-64", conda=solution, resolution=resolution(*packages), plans=(plan,)
    )


def test_whatever_has_to_fit_is_named_with_its_release_and_its_evidence() -> None:
    info = describe_cuda(
        request(),
        locked(NVCC, TORCH, *LIBRARIES, wheel("nvidia-cuda-runtime-cu12", "12.4.127")),
        variables={"CONDA_OVERRIDE_CUDA": "12.6"},
        detected=[VirtualPackage(name="__cuda", version="13.0", origin="detected")],
        gpus=[],
    )
    versions = info_section(info, ()).versions
    assert [(each.who, each.version, each.up_to) for each in versions] == [
        ("driver (declared)", "12", True),
        ("driver (overridden)", "12.6", True),
        ("driver (detected)", "13.0", True),
        ("nvcc", "12.4", False),
        ("cuda-version", "12.4", False),
        ("torch 2.6.0+cu124", "12.4", False),
        ("nvidia-cublas-cu12 12.4.5.8 and 1 more", "12", False),
        ("nvidia-cuda-runtime-cu12 12.4.127", "12.4", False),
        ("build of flash-attn", "12.4", False),
    ]
    assert all(each.evidence for each in versions)


@pytest.mark.parametrize(
    ("solution", "asked"),
    [(conda(), request()), (NVCC, request(variables={"flash-attn": {"CUDA_HOME": "/opt/cuda"}}))],
)
def test_a_build_is_not_said_to_use_a_toolkit_that_it_does_not(
    solution: CondaSolution, asked: EnvironmentRequest
) -> None:
    info = describe_cuda(asked, locked(solution, TORCH), variables={}, detected=[], gpus=[])
    assert "build of flash-attn" not in [each.who for each in info_section(info, ()).versions]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine without a GPU."""
    monkeypatch.delenv("CONDA_OVERRIDE_CUDA", raising=False)
    monkeypatch.setattr(gpus, "present_capabilities", list)
    monkeypatch.setattr(detect, "detect_driver", list)
    return monkeypatch


def section(lock: LockedEnvironment | None, asked: EnvironmentRequest) -> InfoSection:
    return plugin.CudaPlugin().interlock_environment_info(asked, lock)


def test_contradictions_are_warnings_there(here: pytest.MonkeyPatch) -> None:
    found = section(locked(conda("cuda-nvcc 13.0.48"), TORCH), request()).findings or ()
    # Which architectures are declared is advice, and no contradiction. The driver is one for 12.
    assert [(each.code, each.severity) for each in found] == [
        ("IL510", Severity.WARNING),
        ("IL512", Severity.WARNING),
    ]
    assert section(locked(NVCC, TORCH, *LIBRARIES), request()).findings == ()


def test_nothing_is_said_of_what_was_not_checked(here: pytest.MonkeyPatch) -> None:
    assert section(None, request()).findings is None
    assert section(locked(conda("cuda-nvcc 13.0.48"), TORCH), request(coherence="off")).findings is None


def test_the_driver_of_this_machine_is_compared_as_well(here: pytest.MonkeyPatch) -> None:
    lock = locked(replace(NVCC, virtual_packages=(VirtualPackage(name="__cuda", version="12.4"),)), TORCH)
    asked = replace(request(), system_requirements=())
    assert section(lock, asked).findings == ()
    present = VirtualPackage(name="__cuda", version="11.8", origin="detected")
    here.setattr(detect, "detect_driver", lambda: [present])
    (found,) = section(lock, asked).findings or ()
    assert (found.code, found.severity) == ("IL512", Severity.WARNING)
    assert "only supports CUDA 11.8 (detected)" in found.what
    assert "update this machine's driver" in found.fix
    # Without a package that tells its CUDA, the compiler does.
    (found,) = section(replace(lock, resolution=resolution()), asked).findings or ()
    assert (found.code, found.what) == (
        "IL512",
        "nvcc compiles for CUDA 12.4, but the driver only supports CUDA 11.8 (detected)",
    )
    assert '`cuda-nvcc = "11.8.*"`' in found.fix
    here.setenv("CONDA_OVERRIDE_CUDA", "12.2")
    assert [each.code for each in section(lock, asked).findings or ()] == ["IL513", "IL512"]
