"""The CUDA version of packages, read from names, versions and requirements; no wheel is downloaded for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.core.cuda_versions import CudaVersion, nvidia_library, plain_version, written_version
from interlock.cuda.reference import packages as known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock_hooks.types import CondaRecord, CondaSolution, ProvidedDistribution, PyPIPackage, Resolution

_INDEX = re.compile(r"cu\d{2,3}\Z")
_CONDA_PIN = re.compile(r"^(?:cuda-version|cudatoolkit|pytorch-cuda|__cuda)\s+[=>~]*\s*(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Use:
    """A package and the CUDA that it was built for; ``evidence`` says where that is written."""

    name: str
    version: str
    cuda: CudaVersion
    evidence: str

    @property
    def framework(self) -> bool:
        """Whether its CUDA decides about the environment; others come along with such a package."""
        return self.name in known().frameworks

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def cuda_uses(resolution: Resolution, conda: CondaSolution) -> list[Use]:
    """Every package of the resolution that tells for which CUDA it was built, conda's Python packages included."""
    return [
        *(use for package in resolution.packages if (use := used_by_package(package, resolution)) is not None),
        *(use for entry in resolution.provided if (use := _used_by_provided(entry, conda)) is not None),
    ]


def torch_use(resolution: Resolution, conda: CondaSolution) -> Use | None:
    """The CUDA of torch, from PyPI or conda; ``None`` without torch, for a CPU build, or where nothing tells."""
    return next((use for use in cuda_uses(resolution, conda) if use.name == "torch"), None)


def used_by_package(package: PyPIPackage, resolution: Resolution) -> Use | None:
    """The CUDA of a package from PyPI; the most telling evidence counts."""
    found = max(_evidence(package, resolution), key=lambda pair: pair[0].exact, default=None)
    return None if found is None else Use(package.name, package.version, *found)


def _evidence(package: PyPIPackage, resolution: Resolution) -> Iterator[tuple[CudaVersion, str]]:
    """What tells the CUDA of a package; where several things tell it with its minor version, the first one counts."""
    if local := _local(package.version):
        if (version := written_version(local)) is not None:
            yield version, f"its version ends in +{local}"
        # `+cpu`, `+rocm6.3`: whatever its requirements say, it is not a build for CUDA.
        elif local.startswith(("cpu", "rocm", "xpu")):
            return
    if package.name in known().runtime:
        if (version := plain_version(package.version)) is not None:
            yield version, "it is a part of that release"
    elif _named_for_its_cuda(package.name) and (version := written_version(package.name)) is not None:
        yield version, "its name"
    yield from _by_requirements(package, resolution)
    segment = (package.index or "").rstrip("/").rsplit("/", 1)[-1]
    if _INDEX.match(segment) and (version := written_version(segment)) is not None:
        yield version, f"it comes from the index {package.index}"


def _by_requirements(package: PyPIPackage, resolution: Resolution) -> Iterator[tuple[CudaVersion, str]]:
    for text in package.requires:
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        evidence = f"it requires {name}{requirement.specifier}"
        resolved = resolution.get(name)
        pinned = any(each.operator in ("==", "===") for each in requirement.specifier)
        if pinned and name in known().runtime and resolved is not None:
            if (version := plain_version(resolved.version)) is not None:
                yield version, evidence
        # A range says that some release of the major version will do, if the name says which major version.
        elif nvidia_library(name) and _named_for_its_cuda(name) and (version := written_version(name)) is not None:
            yield version, evidence


def _named_for_its_cuda(name: str) -> bool:
    """Whether a version in a name is that of the CUDA which the package needs: of NVIDIA's, only for libraries."""
    library = nvidia_library(name)
    return library is None or library in known().libraries


def _used_by_provided(entry: ProvidedDistribution, conda: CondaSolution) -> Use | None:
    record = conda.get(entry.record)
    found = None if record is None else record_cuda(record)
    return None if found is None else Use(entry.name, entry.version, *found)


def record_cuda(record: CondaRecord) -> tuple[CudaVersion, str] | None:
    """The CUDA of a conda package, from its build string or from what it depends on."""
    if record.build.startswith("cpu"):
        return None
    if (version := written_version(record.build)) is not None:
        return version, f"the build string of the conda package {record}"
    for text in record.depends:
        if (pin := _CONDA_PIN.match(text)) and (version := plain_version(pin[1])) is not None:
            return CudaVersion(version.major), f"the conda package {record} depends on {text}"
    return None


def _local(version: str) -> str | None:
    try:
        return Version(version).local
    except ValueError:
        return None
