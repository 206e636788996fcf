from __future__ import annotations

from dataclasses import replace

import pytest

from interlock.cuda.reference import nvcc, nvcc_releases
from interlock_hooks.types import Severity

from .environments import TORCH_SETUP, conda, findings, request, resolution, source, wheel

TORCH_124 = wheel("torch", "2.6.0+cu124")
TORCH_130 = wheel("torch", "2.9.0+cu130")
FLASH = source("flash-attn", "csrc/flash.cu", setup_py=TORCH_SETUP)
ARCHES = {"architectures": ["9.0"]}


def test_what_agrees_is_silent() -> None:
    solution = conda("cuda-nvcc 12.4.131", "gxx_linux-64 13.3.0", driver="12.4")
    assert findings(resolution(TORCH_124), solution, FLASH, asked=request(**ARCHES)) == {}
    assert findings(resolution(wheel("numpy", "2.0")), conda()) == {}


@pytest.mark.parametrize(("sources", "severity"), [((FLASH,), Severity.ERROR), ((), Severity.WARNING)])
def test_a_toolkit_of_another_major_version(sources: tuple[object, ...], severity: Severity) -> None:
    found = findings(resolution(TORCH_130), conda("cuda-nvcc 12.4.131"), *sources, asked=request(**ARCHES))  # type: ignore[arg-type]
    finding = found["IL510"]
    assert finding.severity is severity
    assert "12.4" in finding.what
    assert "CUDA 13.0" in finding.what
    assert '`cuda-nvcc = "13.0.*"`' in finding.fix
    assert finding.where is not None
    assert finding.where.line == 10
    assert ("flash-attn (setup.py uses CUDAExtension" in finding.why) is bool(sources)


@pytest.mark.parametrize(("sources", "severity"), [((FLASH,), Severity.WARNING), ((), Severity.NOTE)])
def test_a_toolkit_of_another_minor_version(sources: tuple[object, ...], severity: Severity) -> None:
    found = findings(resolution(TORCH_124), conda("cuda-nvcc 12.6.85"), *sources, asked=request(**ARCHES))  # type: ignore[arg-type]
    assert {code: finding.severity for code, finding in found.items()} == {"IL511": severity}
    assert '"12.4.*"' in found["IL511"].fix


def test_an_unknown_minor_version_is_not_judged() -> None:
    uses = resolution(wheel("torch", "2.6.0", "nvidia-cublas-cu12==12.4.5.8"))
    assert findings(uses, conda("cuda-nvcc 12.6.85")) == {}


@pytest.mark.parametrize(
    ("package", "driver", "origin", "code", "severity"),
    [
        (TORCH_130, "12.8", "declared", "IL512", Severity.ERROR),
        (TORCH_130, "12.8", "override", "IL512", Severity.ERROR),
        (TORCH_130, "12.8", "detected", "IL512", Severity.WARNING),
        (TORCH_124, "12.2", "declared", "IL513", Severity.NOTE),
        (wheel("jax-cuda13-plugin", "0.8"), "12.8", "declared", "IL512", Severity.ERROR),
        # There was no minor version compatibility before CUDA 11.
        (wheel("torch", "1.5.0+cu102"), "10.1", "declared", "IL512", Severity.ERROR),
    ],
)
def test_newer_than_the_driver(package: object, driver: str, origin: str, code: str, severity: Severity) -> None:
    found = findings(resolution(package), conda(driver=driver, origin=origin))  # type: ignore[arg-type]
    assert {code: finding.severity for code, finding in found.items()} == {code: severity}
    assert found[code].where is not None
    assert found[code].where.line == 30  # type: ignore[union-attr]


@pytest.mark.parametrize("driver", ["12.4", "12.8", "13.0"])
def test_drivers_run_what_is_not_newer(driver: str) -> None:
    assert findings(resolution(TORCH_124), conda(driver=driver)) == {}


def test_two_major_versions_in_one_process() -> None:
    uses = resolution(TORCH_124, wheel("cupy-cuda13x", "14.0"), wheel("nvidia-nccl-cu12", "2.21.5"))
    finding = findings(uses, conda())["IL514"]
    assert finding.severity is Severity.WARNING
    assert finding.where is not None
    assert finding.where.line == 22
    assert finding.details[0].startswith("CUDA 12: torch 2.6.0+cu124 (its version ends in +cu124), nvidia-nccl-cu12")
    assert finding.details[1].startswith("CUDA 13: cupy-cuda13x 14.0")


def test_a_build_for_which_there_is_no_nvcc() -> None:
    finding = findings(resolution(TORCH_124), conda("cuda-version 12.4"), FLASH)["IL515"]
    assert '`cuda-nvcc = "12.4.*"`' in finding.fix
    assert finding.where is not None
    assert finding.where.line == 21
    # The driver says which toolkit would do where no package does.
    assert '"12.8.*"' in findings(resolution(), conda(driver="12.8"), FLASH)["IL515"].fix


def test_a_build_that_surely_needs_nvcc_is_told_from_one_that_can_do_without() -> None:
    surely = replace(FLASH, uses={"nvcc()": "setup.py:9"})
    (told, other) = (findings(resolution(TORCH_124), conda(), each)["IL515"] for each in (surely, FLASH))
    assert (told.severity, other.severity) == (Severity.WARNING, Severity.WARNING)
    assert told.why == (
        "setup.py:9 compiles CUDA sources in any case; builds do not use a toolkit of the machine, so it will fail"
    )
    assert "FORCE_CUDA" in other.fix
    assert "CUDA_HOME" in told.fix


def test_a_toolkit_that_the_manifest_names_for_a_build_is_enough() -> None:
    own = request(variables={"flash-attn": {"CUDA_HOME": "/opt/cuda"}})
    assert "IL515" not in findings(resolution(TORCH_124), conda(), FLASH, asked=own)


def test_a_torch_for_the_cpu_needs_no_nvcc_whatever_the_driver() -> None:
    assert "IL515" not in findings(resolution(wheel("torch", "2.6.0+cpu")), conda(driver="12.8"), FLASH)


@pytest.mark.parametrize("torch", [wheel("torch", "2.6.0+cpu"), wheel("numpy", "2.0")])
def test_without_a_gpu_in_sight_no_nvcc_is_missed(torch: object) -> None:
    assert findings(resolution(torch), conda(), FLASH) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("toolkit", "compiler", "refused"),
    [
        ("12.4.131", "gxx_linux-64 14.2.0", True),
        ("12.4.131", "gxx_linux-64 13.3.0", False),
        ("12.8.93", "gxx_linux-64 14.2.0", False),
        ("12.4.131", "clangxx_linux-64 18.1.0", True),
        ("99.0.1", "gxx_linux-64 77.0.0", False),
    ],
)
def test_a_compiler_that_nvcc_refuses(toolkit: str, compiler: str, refused: bool) -> None:
    found = findings(resolution(), conda(f"cuda-nvcc {toolkit}", compiler), FLASH, asked=request(**ARCHES))
    assert ("IL516" in found) is refused
    if refused:
        assert found["IL516"].severity is Severity.ERROR
        assert found["IL516"].where.line == 11  # type: ignore[union-attr]
        assert '`gxx = "<14"`' in found["IL516"].fix or '`clangxx = "<18"`' in found["IL516"].fix


@pytest.mark.parametrize(
    ("names", "toolkit", "unknown"),
    [
        (["8.0", "9.0+PTX"], "12.4.131", ""),
        (["9.0a", "12.0"], "12.4.131", "12.0"),
        (["7.0", "8.0"], "13.0.88", "7.0"),
        (["10.0f"], "12.8.93", "10.0f"),
    ],
)
def test_architectures_that_nvcc_does_not_know(names: list[str], toolkit: str, unknown: str) -> None:
    found = findings(resolution(), conda(f"cuda-nvcc {toolkit}"), FLASH, asked=request(architectures=names))
    assert (f"for {unknown}" in found["IL517"].what) if unknown else found == {}


def test_the_architecture_can_be_declared_as_a_virtual_package() -> None:
    found = findings(resolution(), conda("cuda-nvcc 12.4.131", arch="12.0"), FLASH)
    assert "__cuda_arch (declared)" in found["IL517"].fix
    assert "12.0: CUDA 12.8 to" in found["IL517"].details[0]


def test_architectures_of_one_package() -> None:
    own = request(variables={"flash-attn": {"TORCH_CUDA_ARCH_LIST": "Hopper;8.0 12.0+PTX"}})
    found = findings(resolution(), conda("cuda-nvcc 12.4.131"), FLASH, asked=own)
    assert list(found) == ["IL517"]
    assert found["IL517"].where.line == 50  # type: ignore[union-attr]


def test_undeclared_architectures_are_noted_where_something_is_compiled() -> None:
    assert findings(resolution(), conda("cuda-nvcc 12.4.131"), FLASH)["IL518"].severity is Severity.NOTE
    assert findings(resolution(), conda("cuda-nvcc 12.4.131")) == {}


@pytest.mark.parametrize(
    "reads", ['os.environ.get("FLASH_ATTN_CUDA_ARCHS", "80")', "os.environ['FLASH_ATTN_CUDA_ARCHS']"]
)
def test_a_build_with_a_variable_of_its_own(reads: str) -> None:
    own = source("flash-attn", "csrc/flash.cu", setup_py=f'{TORCH_SETUP}os.getenv("TORCH_CUDA_ARCH_LIST")\n{reads}\n')
    found = findings(resolution(), conda("cuda-nvcc 12.4.131"), own, asked=request(**ARCHES))
    assert list(found) == ["IL523"]
    assert "takes its GPU architectures from FLASH_ATTN_CUDA_ARCHS," in found["IL523"].what
    assert "[tool.interlock.build.packages.flash-attn.variables]" in (found["IL523"].fix or "")
    given = request(variables={"flash-attn": {"FLASH_ATTN_CUDA_ARCHS": "90"}}, **ARCHES)
    assert findings(resolution(), conda("cuda-nvcc 12.4.131"), own, asked=given) == {}


def test_the_manifest_can_make_warnings_of_errors_or_silence_them() -> None:
    solution = conda("cuda-nvcc 12.4.131")
    said = findings(resolution(TORCH_130), solution, FLASH, asked=request(coherence="warn", **ARCHES))
    assert said["IL510"].severity is Severity.WARNING
    assert findings(resolution(TORCH_130), solution, FLASH, asked=request(coherence="off")) == {}


def test_the_reviewed_facts_are_complete_and_only_grow() -> None:
    releases = nvcc_releases()
    facts = [nvcc(version) for version in releases]
    for family in ("gcc", "clang"):
        newest = [each.compilers[family] for each in facts if each is not None]
        assert newest == sorted(newest)
    assert all(each is not None and len(each.architectures) == len(set(each.architectures)) for each in facts)
