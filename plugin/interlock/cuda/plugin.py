"""The built-in plugin for CUDA."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock_hooks import hookimpl
from interlock_hooks.types import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from interlock.cuda.describe import CudaInfo
    from interlock_hooks.types import (
        CondaSolution,
        EnvironmentRequest,
        Finding,
        InfoSection,
        LockedEnvironment,
        PyPIAdditions,
        Repair,
        Resolution,
        SourceTree,
    )


class CudaPlugin:
    """Keeps driver, toolkit, torch and builds in agreement."""

    @hookimpl
    def interlock_pypi_request(self, request: EnvironmentRequest) -> PyPIAdditions | None:
        """The torch backend that the manifest names."""
        if request.torch_backend is None:
            return None
        from interlock.cuda.backend import fixed_backend, torch_route
        from interlock_hooks.types import PyPIAdditions

        backend = fixed_backend(request)
        return None if backend is None else PyPIAdditions(routes=(torch_route(backend, request.settings),))

    @hookimpl
    def interlock_repair_resolution(
        self, resolution: Resolution, conda: CondaSolution, request: EnvironmentRequest, failure: Finding | None
    ) -> list[Repair]:
        """With ``torch-backend = "auto"``, the backends that fit better than the torch of the resolution (IL520)."""
        if request.torch_backend != "auto":
            return []
        from interlock.cuda.backend import backend_repairs, backend_rescues

        if failure is not None:
            return backend_rescues(failure, resolution, conda, request)
        return backend_repairs(resolution, conda, request)

    @hookimpl
    def interlock_check_resolution(
        self,
        resolution: Resolution,
        conda: CondaSolution,
        request: EnvironmentRequest,
        sources: Mapping[str, SourceTree],
    ) -> list[Finding]:
        """What disagrees about CUDA (IL510 to IL518); with ``coherence = "warn"`` in the manifest no error."""
        # Loaded inside the hooks: commands that need none of it start without it.
        from interlock.cuda.coherence import check
        from interlock.cuda.state import cuda_state

        return _as_wanted(request, lambda: check(cuda_state(resolution, conda, request, sources)))

    @hookimpl
    def interlock_check_install(self, locked: LockedEnvironment, request: EnvironmentRequest) -> list[Finding]:
        """Builds that compile CUDA, in an environment without nvcc (IL515); an error if they do so in any case."""
        # What has a prebuilt wheel need not be built at all.
        built = replace(locked, plans=tuple(plan for plan in locked.plans if plan.prebuilt is None))
        if not any(plan.programs or plan.variables for plan in built.plans):
            return []
        from interlock.cuda.coherence import check_builds
        from interlock.cuda.state import locked_state

        return _as_wanted(request, lambda: check_builds(locked_state(built, request)))

    @hookimpl
    def interlock_build_variables(
        self, resolution: Resolution, request: EnvironmentRequest, conda: CondaSolution, source: SourceTree
    ) -> Mapping[str, str] | None:
        """For a build that compiles CUDA: its architectures, and the wheels with headers that the toolkit may lack."""
        from interlock.cuda.architectures import architectures_to_build
        from interlock.cuda.sources import cuda_build
        from interlock.cuda.state import compiles_for_cpu, package_variables
        from interlock.cuda.wheels import toolkit_wheels

        if cuda_build(source, package_variables(request, source)) is None:
            return None
        if compiles_for_cpu(source.name, resolution, conda, request):
            return None
        return architectures_to_build(request, conda, resolution) | toolkit_wheels(conda, resolution)

    @hookimpl
    def interlock_environment_info(self, request: EnvironmentRequest, locked: LockedEnvironment | None) -> InfoSection:
        """What knows a CUDA version: declared, overridden, detected, locked; and what contradicts in it."""
        from interlock.cuda.describe import describe_cuda, info_section
        from interlock.engines.gpus import present_capabilities
        from interlock.engines.rattler.detect import detect_driver

        info = describe_cuda(
            request,
            locked,
            variables=os.environ,
            detected=detect_driver(),
            gpus=present_capabilities(),
        )
        return info_section(info, _contradictions(info, locked, request))


def _contradictions(
    info: CudaInfo, locked: LockedEnvironment | None, request: EnvironmentRequest
) -> tuple[Finding, ...] | None:
    """What contradicts, as warnings: it stops nothing here. ``None`` if it is not to be checked, or nothing is locked.

    Sources are not fetched for it, so of builds only those count of which the lock says that they compile CUDA.
    """
    if locked is None or _coherence(request) == "off":
        return None
    from interlock.cuda.coherence import contradictions
    from interlock.cuda.describe import drivers
    from interlock.cuda.state import locked_state

    return tuple(map(_as_warning, contradictions(locked_state(locked, request), drivers(info))))


def _coherence(request: EnvironmentRequest) -> str:
    mode: str = request.settings.get("cuda", {}).get("coherence", "error")
    return mode


def _as_warning(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.WARNING) if finding.severity is Severity.ERROR else finding


def _as_wanted(request: EnvironmentRequest, look: Callable[[], list[Finding]]) -> list[Finding]:
    """What a check finds, as severe as ``coherence`` in the manifest lets it be."""
    mode = _coherence(request)
    found = [] if mode == "off" else look()
    return found if mode == "error" else list(map(_as_warning, found))
