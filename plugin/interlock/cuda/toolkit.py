"""The CUDA toolkit and the host compiler from conda."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.core.cuda_versions import CudaVersion, plain_version
from interlock.cuda.reference import packages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from interlock_hooks.types import CondaRecord, CondaSolution, EnvironmentRequest, Location

# What a manifest names to get a toolkit, the most telling first.
_ASKED = ("cuda-nvcc", "cuda-toolkit", "cuda-compiler", "cuda-version", "cuda", "cuda-libraries-dev")

_TOOLKIT_VARIABLES = ("CUDA_HOME", "CUDA_PATH")


@dataclass(frozen=True, slots=True)
class Driver:
    """The CUDA that the target's driver supports, and who says so."""

    cuda: CudaVersion
    origin: str

    @property
    def promised(self) -> bool:
        """Whether somebody declared it; what was merely detected on this machine says little about the target."""
        return self.origin != "detected"

    def __str__(self) -> str:
        return f"{self.cuda} ({self.origin})"


@dataclass(frozen=True, slots=True)
class HostCompiler:
    """The C++ compiler that conda provides: its family (``gcc``, ``clang``), and its record."""

    family: str
    major: int
    record: CondaRecord


def nvcc_record(conda: CondaSolution) -> CondaRecord | None:
    """The conda package that is nvcc, or ``None``."""
    return _first(conda, packages().nvcc)


def toolkit_version(conda: CondaSolution) -> CudaVersion | None:
    """The release of the nvcc that conda provides."""
    record = nvcc_record(conda)
    return None if record is None else plain_version(record.version)


def driver(conda: CondaSolution) -> Driver | None:
    """The driver that the solution was made for (``__cuda``)."""
    package = next((package for package in conda.virtual_packages if package.name == "__cuda"), None)
    version = None if package is None else plain_version(package.version)
    return None if package is None or version is None else Driver(version, package.origin)


def host_compiler(conda: CondaSolution) -> HostCompiler | None:
    """The C++ compiler that builds get from conda; without one they use the building machine's."""
    for family, names in packages().host_compilers.items():
        record = _first(conda, names)
        version = None if record is None else plain_version(record.version)
        if record is not None and version is not None:
            return HostCompiler(family, version.major, record)
    return None


def names_toolkit(request: EnvironmentRequest, package: NormalizedName) -> bool:
    """Whether the manifest names a toolkit for the build of a package, which then uses none that conda provides."""
    named = {*dict(request.build.package(package).variables), *dict(request.activation.env)}
    return not named.isdisjoint(_TOOLKIT_VARIABLES)


def toolkit_where(request: EnvironmentRequest) -> Location | None:
    """Where the manifest asks for the toolkit."""
    places = {spec.name: spec.where for spec in request.conda_specs}
    return next((places[name] for name in _ASKED if places.get(name) is not None), None)


def driver_where(request: EnvironmentRequest) -> Location | None:
    """Where the manifest declares the driver."""
    return next((each.where for each in request.system_requirements if each.name == "__cuda"), None)


def _first(conda: CondaSolution, names: Iterable[str]) -> CondaRecord | None:
    return next((record for name in names if (record := conda.get(name)) is not None), None)
