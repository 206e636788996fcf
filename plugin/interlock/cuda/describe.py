"""The CUDA versions of an environment side by side, as `env info` shows them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from interlock.cuda.toolkit import nvcc_record
from interlock.cuda.used import cuda_uses
from interlock_hooks.types import InfoSection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from interlock_hooks.types import EnvironmentRequest, LockedEnvironment, VirtualPackage


@dataclass(frozen=True, slots=True)
class Known:
    """One property of the target: as the manifest declares it, as a variable overrides it, as it is on this machine."""

    declared: str | None = None
    override: str | None = None
    detected: str | None = None


@dataclass(frozen=True, slots=True)
class BuiltFor:
    """A package of the lock that was built for some CUDA."""

    name: str
    version: str
    cuda: str
    evidence: str


@dataclass(frozen=True, slots=True)
class CudaInfo:
    """What knows a CUDA version.

    ``driver``: the CUDA that it supports; ``architecture``: the compute capability (``__cuda_arch``; detected: those of
    this machine's GPUs). ``toolkit`` is the version of the lock's ``cuda-nvcc``, ``cuda_version`` that of
    its ``cuda-version``. ``frameworks`` are torch and others of the lock; ``architectures`` those that the manifest
    lists for builds.
    """

    driver: Known
    architecture: Known
    toolkit: str | None
    cuda_version: str | None
    frameworks: tuple[BuiltFor, ...]
    architectures: tuple[str, ...]


def describe_cuda(
    request: EnvironmentRequest,
    locked: LockedEnvironment | None,
    *,
    variables: Mapping[str, str],
    detected: Iterable[VirtualPackage],
    gpus: Iterable[str],
) -> CudaInfo:
    """Collect what there is to know: ``detected`` are this machine's virtual packages, ``gpus`` its capabilities."""
    declared = {each.name: each.version for each in request.system_requirements}
    found = {package.name: package.version for package in detected}
    nvcc = None if locked is None else nvcc_record(locked.conda)
    release = None if locked is None else locked.conda.get("cuda-version")
    uses = [] if locked is None else cuda_uses(locked.resolution, locked.conda)
    return CudaInfo(
        driver=Known(declared.get("__cuda"), variables.get("CONDA_OVERRIDE_CUDA"), found.get("__cuda")),
        architecture=Known(
            declared.get("__cuda_arch"), variables.get("CONDA_OVERRIDE_CUDA_ARCH"), ", ".join(gpus) or None
        ),
        toolkit=None if nvcc is None else nvcc.version,
        cuda_version=None if release is None else release.version,
        frameworks=tuple(BuiltFor(use.name, use.version, str(use.cuda), use.evidence) for use in uses if use.framework),
        architectures=tuple(request.settings.get("cuda", {}).get("architectures", ())),
    )


def info_section(info: CudaInfo) -> InfoSection:
    """What is known, as `env info` shows it; what nothing knows has no row."""
    return InfoSection(name="cuda", data=asdict(info), rows=tuple(_rows(info)))


def _rows(info: CudaInfo) -> Iterator[tuple[str, str]]:
    if driver := _known(info.driver):
        yield "CUDA driver", driver
    if info.toolkit or info.cuda_version:
        yield "CUDA toolkit", f"{info.toolkit or 'no nvcc'} (locked; cuda-version {info.cuda_version or 'not locked'})"
    for framework in info.frameworks:
        yield "built for CUDA", f"{framework.cuda}: {framework.name} {framework.version} ({framework.evidence})"
    if info.architectures:
        yield "architectures", f"{', '.join(info.architectures)} (declared for builds)"
    if architecture := _known(info.architecture):
        yield "GPU", architecture


def _known(known: Known) -> str:
    values = (("declared", known.declared), ("overridden", known.override), ("detected", known.detected))
    return ", ".join(f"{value or 'none'} ({origin})" for origin, value in values if value is not None)
