"""GPU architectures: which are asked for, and which of them an nvcc knows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.cuda.reference import nvcc
from interlock.engines.gpus import CAPABILITY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.cuda.versions import CudaVersion
    from interlock_hooks.types import CondaSolution, EnvironmentRequest


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


def listed(text: str) -> tuple[str, ...]:
    """The capabilities in a value of ``TORCH_CUDA_ARCH_LIST``; names such as ``Hopper`` are left out."""
    return tuple(name for name in re.split(r"[;\s]+", text) if CAPABILITY.match(name))


def unknown_to(version: CudaVersion, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the architectures that the nvcc of a release cannot compile for; none if the release is not listed."""
    facts = nvcc(version)
    if facts is None:
        return ()
    return tuple(name for name in names if name.removesuffix("+PTX") not in facts.architectures)
