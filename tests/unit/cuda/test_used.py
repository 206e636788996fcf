from __future__ import annotations

import pytest

from interlock.cuda.used import cuda_uses, torch_use
from interlock_hooks.types import PyPIPackage

from .environments import built, conda, resolution, wheel

RUNTIME = wheel("nvidia-cuda-runtime-cu12", "12.6.77")
RUNTIME_13 = wheel("nvidia-cuda-runtime", "13.0.96")
TOOLKIT = wheel("cuda-toolkit", "13.0.2")


@pytest.mark.parametrize(
    ("package", "others", "cuda", "evidence"),
    [
        (wheel("torch", "2.6.0+cu124"), (), "12.4", "+cu124"),
        # A dependency of the version counts, and what it says of the minor version more than a name that has none.
        (wheel("torch", "2.7.0", "nvidia-cuda-runtime-cu12==12.6.77"), (RUNTIME,), "12.6", "==12.6.77"),
        (
            wheel("torch", "2.7.0", "nvidia-cublas-cu12==12.6.4.1", "nvidia-cuda-runtime-cu12==12.6.77"),
            (RUNTIME, wheel("nvidia-cublas-cu12", "12.6.4.1")),
            "12.6",
            "nvidia-cuda-runtime-cu12",
        ),
        (wheel("torch", "2.9.0", "nvidia-cuda-runtime==13.0.96"), (RUNTIME_13,), "13.0", "nvidia-cuda-runtime"),
        (wheel("torch", "2.10.0", "cuda-toolkit[cudart]==13.0.2"), (TOOLKIT,), "13.0", "cuda-toolkit"),
        # A range says that some release of the major version will do, not which one it was built with.
        (wheel("jax-cuda12-plugin", "0.5.0", "nvidia-cuda-runtime-cu12>=12.1"), (RUNTIME,), "12", "its name"),
        (wheel("tensorflow", "2.18.0", "nvidia-cublas-cu12==12.5.3.2"), (), "12", "nvidia-cublas-cu12"),
        (wheel("torch", "2.6.0", index="https://mirror.example/whl/cu118"), (), "11.8", "index"),
        (wheel("torch-scatter", "2.1.2+pt26cu124"), (), "12.4", "+pt26cu124"),
        (wheel("cupy-cuda13x", "14.0"), (), "13", "its name"),
        (wheel("nvidia-cuda-nvrtc", "13.0.88"), (), "13.0", "part of that release"),
    ],
)
def test_what_a_package_was_built_for(
    package: PyPIPackage, others: tuple[PyPIPackage, ...], cuda: str, evidence: str
) -> None:
    uses = {use.name: use for use in cuda_uses(resolution(package, *others), conda())}
    use = uses[package.name]
    assert str(use.cuda) == cuda
    assert evidence in use.evidence


@pytest.mark.parametrize(
    "package",
    [
        wheel("torch", "2.6.0+cpu", "nvidia-cublas-cu12==12.6.4.1"),
        wheel("torch", "2.6.0+rocm6.3"),
        wheel("torch", "2.6.0"),
        wheel("numpy", "2.1.0", index="https://cu124.example/simple"),
        # cuBLAS of CUDA 13 has versions of its own, which say nothing.
        wheel("nvidia-cufft", "12.0.0.61"),
        wheel("odd", "not-a-version"),
        # Made to lie beside the same for another CUDA; and a package that takes any release of CUDA.
        wheel("nvidia-cutlass-dsl-libs-cu12", "4.8.0"),
        wheel("kernels", "1.0", "nvidia-cutlass-dsl-libs-cu12==4.8.0", "nvidia-cuda-nvrtc>=12"),
    ],
)
def test_where_nothing_tells_nothing_is_said(package: PyPIPackage) -> None:
    assert cuda_uses(resolution(package), conda()) == []


@pytest.mark.parametrize(
    ("build", "depends", "cuda"),
    [
        ("cuda126_generic_py312_h1234567_200", (), "12.6"),
        ("py3.10_cuda11.8_cudnn8.7.0_0", (), "11.8"),
        ("py312h1234567_0", ("python", "cuda-version >=12.0,<13"), "12"),
        ("cpu_generic_py312_h1234567_0", ("cuda-version >=12",), None),
        ("py312h1234567_0", ("python",), None),
    ],
)
def test_torch_from_conda(build: str, depends: tuple[str, ...], cuda: str | None) -> None:
    found = torch_use(
        resolution(provided={"torch 2.6.0": "pytorch"}), conda(built("pytorch", "2.6.0", build, *depends))
    )
    assert (None if found is None else str(found.cuda)) == cuda
