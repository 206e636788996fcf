from __future__ import annotations

import pytest

from interlock.cuda.sources import cuda_build

from .environments import TORCH_SETUP, source

KERNEL = "csrc/kernel.cu"


@pytest.mark.parametrize(
    ("files", "scripts", "torch"),
    [
        ((KERNEL,), {"setup_py": TORCH_SETUP}, True),
        ((), {"setup_py": TORCH_SETUP}, True),
        ((KERNEL,), {"setup_py": "cmdclass = {'build_ext': BuildExtension}"}, True),
        ((KERNEL, "other.cu"), {"setup_py": "nvcc = shutil.which('nvcc')"}, False),
        ((), {"CMakeLists_txt": "project(kernels LANGUAGES CXX CUDA)"}, False),
        ((), {"CMakeLists_txt": "project(kernels\n  LANGUAGES CXX CUDA)"}, False),
        ((), {"CMakeLists_txt": "if(WIN32)\n  set(X 1)\nendif()\nenable_language(CUDA)"}, False),
    ],
)
def test_sources_that_compile_cuda(files: tuple[str, ...], scripts: dict[str, str], torch: bool) -> None:
    found = cuda_build(source("demo", *files, **scripts), {})
    assert found is not None
    assert found.torch is torch


@pytest.mark.parametrize(
    ("files", "scripts"),
    [
        ((), {"setup_py": "from setuptools import setup"}),
        # Kernels that are compiled when the package runs, or that only tests use.
        ((KERNEL,), {"pyproject.toml": "[build-system]"}),
        (("tests/kernel.cu",), {"setup_py": "nvcc"}),
        # nvcc is mentioned, but there is nothing for it.
        ((), {"setup_py": "CUDA_HOME"}),
        # An option that is off unless asked for.
        (
            (KERNEL,),
            {"CMakeLists_txt": "if(USE_CUDA)\n  enable_language(CUDA)\nelse ()\n  find_package(CUDA)\nendif()"},
        ),
        ((), {"CMakeLists_txt": "# enable_language(CUDA)"}),
    ],
)
def test_sources_that_do_not(files: tuple[str, ...], scripts: dict[str, str]) -> None:
    assert cuda_build(source("demo", *files, **scripts), {}) is None


@pytest.mark.parametrize(
    ("variables", "compiles"),
    [
        ({"FLASH_ATTENTION_SKIP_CUDA_BUILD": "TRUE"}, False),
        ({"FLASH_ATTENTION_SKIP_CUDA_BUILD": "FALSE"}, True),
        ({"FORCE_CUDA": "0"}, False),
        ({"FORCE_CUDA": "1"}, True),
        ({"MAX_JOBS": "0"}, True),
    ],
)
def test_variables_that_turn_cuda_off(variables: dict[str, str], compiles: bool) -> None:
    assert (cuda_build(source("demo", KERNEL, setup_py=TORCH_SETUP), variables) is not None) is compiles
