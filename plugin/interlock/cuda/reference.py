"""The reviewed facts about CUDA in ``data/``; each file names its sources."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli

from interlock.core.cuda_versions import CudaVersion, plain_version

if TYPE_CHECKING:
    from collections.abc import Mapping

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Nvcc:
    """What one release of nvcc accepts: the newest majors of host compilers by family, and compute capabilities."""

    compilers: Mapping[str, int]
    architectures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Packages:
    """Which packages tell for which CUDA they were built; see ``data/packages.toml``."""

    frameworks: frozenset[str]
    runtime: frozenset[str]
    libraries: frozenset[str]
    nvcc: tuple[str, ...]
    host_compilers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TorchBackends:
    """PyTorch's indexes: names of those for CUDA, their address with ``{backend}``, and the packages to take there."""

    cuda: tuple[str, ...]
    index: str
    family: frozenset[str]


@cache
def nvcc(version: CudaVersion) -> Nvcc | None:
    """What the nvcc of a release accepts, ``None`` for a release that is not listed."""
    entry = _read("nvcc.toml").get(str(version))
    if entry is None:
        return None
    return Nvcc({"gcc": entry["gcc"], "clang": entry["clang"]}, tuple(entry["architectures"]))


@cache
def nvcc_releases() -> tuple[CudaVersion, ...]:
    """The releases that are listed, the oldest first."""
    return tuple(sorted(version for text in _read("nvcc.toml") if (version := plain_version(text)) is not None))


@cache
def torch_architectures(version: CudaVersion) -> tuple[str, ...]:
    """For which compute capabilities PyTorch builds for a CUDA release; the newest listed one before it counts."""
    listed = {plain_version(text): names for text, names in _read("torch.toml")["architectures"].items()}
    before = [known for known in listed if known is not None and not known.newer_than(version)]
    return tuple(listed[max(before)]) if before else ()


@cache
def oldest_driver(major: int) -> int | None:
    """The oldest branch of drivers that runs all releases of a major version; ``None`` before CUDA 11 or if unknown."""
    branch: int | None = _read("drivers.toml")["minor-version-compatibility"].get(str(major))
    return branch


@cache
def packages() -> Packages:
    """The list of packages as shipped."""
    data = _read("packages.toml")
    return Packages(
        frameworks=frozenset(data["frameworks"]),
        runtime=frozenset(data["runtime"]),
        libraries=frozenset(data["libraries"]),
        nvcc=tuple(data["nvcc"]),
        host_compilers={family: tuple(names) for family, names in data["host-compilers"].items()},
    )


@cache
def torch_backends() -> TorchBackends:
    """PyTorch's indexes as shipped."""
    data = _read("packages.toml")["torch-backends"]
    return TorchBackends(tuple(data["cuda"]), data["index"], frozenset(data["family"]))


@cache
def _read(name: str) -> dict[str, Any]:
    return tomli.loads((_DATA / name).read_text(encoding="utf-8"))
