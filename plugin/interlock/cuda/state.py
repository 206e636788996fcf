"""All known facts about CUDA in one environment, collected once for every check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from interlock.cuda.architectures import Architectures, declared_architectures, usual_architectures
from interlock.cuda.sources import CudaBuild, cuda_build, is_declined
from interlock.cuda.toolkit import (
    Driver,
    HostCompiler,
    driver,
    host_compiler,
    names_toolkit,
    nvcc_record,
    toolkit_version,
)
from interlock.cuda.used import Use, cuda_uses
from interlock.engines.gpus import ARCHITECTURE_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from interlock.core.cuda_versions import CudaVersion
    from interlock_hooks.types import (
        BuildPlan,
        CondaRecord,
        CondaSolution,
        EnvironmentRequest,
        LockedEnvironment,
        Resolution,
        SourceTree,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CudaState:
    """The CUDA of an environment's parts.

    ``driver``: what the target runs; ``toolkit`` and ``nvcc``: the compiler from conda; ``host``: conda's C++ compiler;
    ``uses``: packages that were built for a CUDA; ``cpu_torch``: there is a torch for the CPU alone; ``builds``:
    packages whose build compiles CUDA; ``usual``: the architectures that they are compiled for where none are declared
    and there is no GPU.
    """

    request: EnvironmentRequest
    driver: Driver | None
    toolkit: CudaVersion | None
    nvcc: CondaRecord | None
    host: HostCompiler | None
    uses: tuple[Use, ...]
    cpu_torch: bool
    builds: tuple[CudaBuild, ...]
    architectures: Architectures | None
    usual: tuple[str, ...]

    @property
    def torch(self) -> Use | None:
        """torch, if it tells for which CUDA it was built."""
        return next((use for use in self.uses if use.name == "torch"), None)


def cuda_state(
    resolution: Resolution,
    conda: CondaSolution,
    request: EnvironmentRequest,
    sources: Mapping[str, SourceTree],
) -> CudaState:
    """Collect the state; pure, and the same on every machine."""
    builds = (cuda_build(source, package_variables(request, source)) for source in sources.values())
    return CudaState(
        request=request,
        driver=driver(conda),
        toolkit=toolkit_version(conda),
        nvcc=nvcc_record(conda),
        host=host_compiler(conda),
        uses=tuple(cuda_uses(resolution, conda)),
        cpu_torch=_is_for_cpu(resolution),
        builds=tuple(build for build in builds if build is not None),
        architectures=declared_architectures(request, conda),
        usual=usual_architectures(conda, resolution),
    )


def locked_state(locked: LockedEnvironment, request: EnvironmentRequest) -> CudaState:
    """The state of a lock, with those of its builds that compile CUDA, as far as the lock says so."""
    state = cuda_state(locked.resolution, locked.conda, request, {})
    builds = (_locked_build(plan) for plan in locked.plans)
    return replace(state, builds=tuple(build for build in builds if build is not None))


def _locked_build(plan: BuildPlan) -> CudaBuild | None:
    if "nvcc" in plan.programs:
        return CudaBuild(plan.name, "its source says so", torch=True, surely="its setup.py")
    # Only a build that compiles CUDA is given any, by this plugin or by the manifest.
    given = next((name for name, _ in plan.variables if name in ARCHITECTURE_VARIABLES), None)
    if given is None or is_declined(dict(plan.variables)):
        return None
    return CudaBuild(plan.name, f"the lock says for which GPUs ({given})", torch=True)


def _is_for_cpu(resolution: Resolution) -> bool:
    torch = resolution.get("torch")
    return torch is not None and torch.version.endswith("+cpu")


def compiles_for_cpu(
    name: NormalizedName, resolution: Resolution, conda: CondaSolution, request: EnvironmentRequest
) -> bool:
    """Whether a source that can compile CUDA surely does not: torch is for the CPU, and nobody provides nvcc."""
    return _is_for_cpu(resolution) and toolkit_version(conda) is None and not names_toolkit(request, name)


def package_variables(request: EnvironmentRequest, source: SourceTree) -> dict[str, str]:
    """The variables that the manifest gives to the build of a package."""
    return dict(request.build.package(source.name).variables)
