"""NVIDIA's wheels of a resolution as a part of the toolkit: headers and libraries that conda's packages may lack.

``cuda-nvcc`` alone compiles, but torch's headers include those of cuSPARSE, cuBLAS and others. They are in the wheels
that torch requires.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.cuda_versions import nvidia_library, plain_version
from interlock.cuda.reference import packages
from interlock.cuda.toolkit import toolkit_version
from interlock.engines.cuda_paths import WHEELS_VARIABLE

if TYPE_CHECKING:
    from interlock.core.cuda_versions import CudaVersion
    from interlock_hooks.types import CondaSolution, Resolution


def toolkit_wheels(conda: CondaSolution, resolution: Resolution) -> dict[str, str]:
    """The variable that names the wheels whose headers and libraries come after those of the prefix.

    Empty unless nvcc and the wheels are of one CUDA release: nvcc and the headers must agree. The versions are part of
    the value, and so of the identity of what is built with them.
    """
    toolkit = toolkit_version(conda)
    if toolkit is None or toolkit != _release(resolution):
        return {}
    wheels = [package for package in resolution.packages if _is_library(package.name)]
    return {WHEELS_VARIABLE: " ".join(f"{wheel.name}=={wheel.version}" for wheel in wheels)}


def _release(resolution: Resolution) -> CudaVersion | None:
    """The CUDA release of the wheels: that of the runtime among them."""
    runtimes = (package for package in resolution.packages if package.name in packages().runtime)
    return next((plain_version(package.version) for package in runtimes), None)


def _is_library(name: str) -> bool:
    return nvidia_library(name) in packages().libraries
