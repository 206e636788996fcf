"""The CUDA versions of an environment side by side, as `env info` shows them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from interlock.core.cuda_versions import plain_version
from interlock.cuda.toolkit import Driver, names_toolkit, nvcc_record
from interlock.cuda.used import cuda_uses
from interlock_hooks.types import InfoSection, KnownVersion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from interlock.cuda.used import Use
    from interlock_hooks.types import EnvironmentRequest, Finding, LockedEnvironment, VirtualPackage


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
    its ``cuda-version``. ``frameworks`` are torch and others of the lock, ``libraries`` what else was made for a CUDA,
    such as NVIDIA's wheels; ``compiled`` the packages whose build runs that nvcc in any case; ``architectures`` those
    that the manifest lists for builds.
    """

    driver: Known
    architecture: Known
    toolkit: str | None
    cuda_version: str | None
    frameworks: tuple[BuiltFor, ...]
    libraries: tuple[BuiltFor, ...]
    compiled: tuple[NormalizedName, ...]
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
        frameworks=tuple(_built_for(use) for use in uses if use.framework),
        libraries=tuple(_built_for(use) for use in uses if not use.framework),
        compiled=() if locked is None or nvcc is None else tuple(_compiled(locked, request)),
        architectures=tuple(request.settings.get("cuda", {}).get("architectures", ())),
    )


def _built_for(use: Use) -> BuiltFor:
    return BuiltFor(use.name, use.version, str(use.cuda), use.evidence)


def _compiled(locked: LockedEnvironment, request: EnvironmentRequest) -> Iterator[NormalizedName]:
    """The packages that the toolkit from conda compiles in any case."""
    runs_nvcc = (plan.name for plan in locked.plans if "nvcc" in plan.programs)
    yield from (name for name in runs_nvcc if not names_toolkit(request, name))


def info_section(info: CudaInfo, findings: tuple[Finding, ...] | None) -> InfoSection:
    """What is known, as `env info` shows it; what nothing knows has no row. ``findings`` as in the section."""
    return InfoSection(
        name="cuda", data=asdict(info), rows=tuple(_rows(info)), versions=tuple(_versions(info)), findings=findings
    )


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


def drivers(info: CudaInfo) -> Iterator[Driver]:
    """The drivers that are known, each with who says so."""
    known = info.driver
    for origin, text in (("declared", known.declared), ("override", known.override), ("detected", known.detected)):
        if text and (version := plain_version(text)) is not None:
            yield Driver(version, origin)


def _versions(info: CudaInfo) -> Iterator[KnownVersion]:
    """All that has to fit together, from the machine to the builds."""
    driver = info.driver
    for origin, version, evidence in (
        ("declared", driver.declared, "system-requirements of the manifest"),
        ("overridden", driver.override, "CONDA_OVERRIDE_CUDA"),
        ("detected", driver.detected, "on this machine"),
    ):
        if version:
            yield KnownVersion(who=f"driver ({origin})", version=_release(version), evidence=evidence, up_to=True)
    if info.toolkit:
        yield KnownVersion(who="nvcc", version=_release(info.toolkit), evidence=f"conda's toolkit {info.toolkit}")
    if info.cuda_version:
        yield KnownVersion(who="cuda-version", version=_release(info.cuda_version), evidence="a conda package")
    for each in info.frameworks:
        yield KnownVersion(who=f"{each.name} {each.version}", version=each.cuda, evidence=each.evidence)
    yield from _of_libraries(info.libraries)
    for name in info.compiled if info.toolkit else ():
        version = _release(info.toolkit or "")
        yield KnownVersion(who=f"build of {name}", version=version, evidence="its source runs nvcc, which is conda's")


def _of_libraries(libraries: Iterable[BuiltFor]) -> Iterator[KnownVersion]:
    """Libraries by their version: torch alone brings fifteen."""
    groups: dict[str, list[BuiltFor]] = defaultdict(list)
    for each in libraries:
        groups[each.cuda].append(each)
    for version, (first, *others) in groups.items():
        more = f" and {len(others)} more" if others else ""
        yield KnownVersion(who=f"{first.name} {first.version}{more}", version=version, evidence=first.evidence)


def _release(version: str) -> str:
    return str(plain_version(version) or version)


def _known(known: Known) -> str:
    values = (("declared", known.declared), ("overridden", known.override), ("detected", known.detected))
    return ", ".join(f"{value or 'none'} ({origin})" for origin, value in values if value is not None)
