"""GPU architectures: which are requested, and which of them an nvcc supports."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.cuda.reference import nvcc, torch_architectures
from interlock.cuda.toolkit import toolkit_version
from interlock.cuda.used import torch_use
from interlock.engines.gpus import CAPABILITY, architecture_variables, native_variables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.core.cuda_versions import CudaVersion
    from interlock_hooks.types import CondaSolution, EnvironmentRequest, Resolution


@dataclass(frozen=True, slots=True)
class Architectures:
    """Compute capabilities to compile for, as torch writes them (``9.0``, ``9.0a``, ``9.0+PTX``), and who says so."""

    names: tuple[str, ...]
    origin: str


def declared_architectures(request: EnvironmentRequest, conda: CondaSolution) -> Architectures | None:
    """What the manifest's ``architectures`` say, else ``__cuda_arch``; ``None`` if neither says anything."""
    names = request.settings.get("cuda", {}).get("architectures")
    if names:
        return Architectures(tuple(names), "architectures in [tool.interlock.cuda]")
    package = next((package for package in conda.virtual_packages if package.name == "__cuda_arch"), None)
    return None if package is None else Architectures((package.version,), f"__cuda_arch ({package.origin})")


def architectures_to_build(request: EnvironmentRequest, conda: CondaSolution, resolution: Resolution) -> dict[str, str]:
    """The variables with the architectures of a build: the declared ones, else those of the machine that builds it."""
    declared = declared_architectures(request, conda)
    if declared is not None and (variables := architecture_variables(declared.names)):
        return variables
    return native_variables(usual_architectures(conda, resolution))


def usual_architectures(conda: CondaSolution, resolution: Resolution) -> tuple[str, ...]:
    """What is compiled for where nothing is declared and there is no GPU: torch's own, as far as nvcc knows them.

    Without torch the release of the toolkit decides; empty without a toolkit.
    """
    toolkit = toolkit_version(conda)
    if toolkit is None:
        return ()
    torch = torch_use(resolution, conda)
    release = torch.cuda if torch is not None and torch.cuda.exact else toolkit
    names = torch_architectures(release)
    unknown = unknown_to(toolkit, names)
    return tuple(name for name in names if name not in unknown)


def listed(text: str) -> tuple[str, ...]:
    """The capabilities in a value of ``TORCH_CUDA_ARCH_LIST``; names such as ``Hopper`` are left out."""
    return tuple(name for name in re.split(r"[;\s]+", text) if CAPABILITY.match(name))


def unknown_to(version: CudaVersion, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the architectures that the nvcc of a release cannot compile for; none if the release is not listed."""
    facts = nvcc(version)
    if facts is None:
        return ()
    return tuple(name for name in names if name.removesuffix("+PTX") not in facts.architectures)
