"""Findings about CUDA versions that disagree; each names the line to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cuda.reference import nvcc, nvcc_releases, oldest_driver
from interlock.cuda.toolkit import driver_where, toolkit_where
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.core.cuda_versions import CudaVersion
    from interlock.cuda.sources import CudaBuild
    from interlock.cuda.state import CudaState
    from interlock.cuda.toolkit import Driver, HostCompiler
    from interlock.cuda.used import Use
    from interlock_hooks.types import EnvironmentRequest, Location

# What a manifest names to get a C++ compiler.
_COMPILERS = frozenset({"gxx", "gxx_linux-64", "gcc", "clangxx", "cxx-compiler", "compilers", "c-compiler"})
_AUTO = '`torch-backend = "auto"` in [tool.interlock.cuda]'


def other_major(state: CudaState, torch: Use, toolkit: CudaVersion) -> Finding:
    """IL510: a compiler and a torch of different major versions; torch refuses to compile with it."""
    return Finding(
        code="IL510",
        severity=Severity.ERROR if state.builds else Severity.WARNING,
        what=f"the CUDA compiler is {toolkit}, but {torch} was built for CUDA {torch.cuda}",
        why=(
            f"torch.utils.cpp_extension refuses to compile with another major version; "
            f"{_compiled(state.builds) if state.builds else 'no build in this environment uses it yet'}"
        ),
        where=toolkit_where(state.request) or _where(state.request, torch.name),
        fix=f"ask conda for torch's toolkit: {conda_line(torch.cuda)}{_backend_hint(state.request)}",
        details=(f"torch's CUDA: {torch.evidence}", f"toolkit: the conda package {state.nvcc}"),
    )


def other_minor(state: CudaState, torch: Use, toolkit: CudaVersion) -> Finding:
    """IL511: a compiler and a torch of different minor versions; torch warns and continues."""
    return Finding(
        code="IL511",
        severity=Severity.WARNING if state.builds else Severity.NOTE,
        what=f"the CUDA compiler is {toolkit}, and {torch} was built for CUDA {torch.cuda}",
        why=(
            "torch.utils.cpp_extension warns and continues: releases of one major version are compatible, but "
            f"headers and libraries differ{'; ' + _compiled(state.builds) if state.builds else ''}"
        ),
        where=toolkit_where(state.request),
        fix=f"for an exact match, write {conda_line(torch.cuda)} in the conda dependencies",
        details=(f"torch's CUDA: {torch.evidence}", f"toolkit: the conda package {state.nvcc}"),
    )


def driver_too_old(request: EnvironmentRequest, use: Use, driver: Driver) -> Finding:
    """IL512: a package that the driver cannot run."""
    return Finding(
        code="IL512",
        severity=Severity.ERROR if driver.promised else Severity.WARNING,
        what=f"{use} was built for CUDA {use.cuda}, but the driver only supports CUDA {driver}",
        why=_needed(use.cuda),
        where=driver_where(request) or _where(request, use.name),
        fix=f"use a build for CUDA {driver.cuda.major}{_backend_hint(request)}, or {_newer_driver(driver)}",
        details=(f"{use.name}'s CUDA: {use.evidence}",),
    )


def compiled_for_newer(request: EnvironmentRequest, toolkit: CudaVersion, driver: Driver) -> Finding:
    """IL512: a compiler whose programs the driver cannot run."""
    return Finding(
        code="IL512",
        severity=Severity.WARNING,
        what=f"nvcc compiles for CUDA {toolkit}, but the driver only supports CUDA {driver}",
        why=_needed(toolkit),
        where=toolkit_where(request),
        fix=f"ask conda for the driver's toolkit: {conda_line(driver.cuda)}, or {_newer_driver(driver)}",
    )


def _needed(cuda: CudaVersion) -> str:
    oldest = oldest_driver(cuda.major)
    needs = f"needs a driver of the {oldest} branch or newer" if oldest else f"needs a driver for CUDA {cuda}"
    return f"CUDA {cuda} {needs}; a driver runs programs for its own or an older major version"


def _newer_driver(driver: Driver) -> str:
    if driver.origin == "override":
        return "raise CONDA_OVERRIDE_CUDA if the machines have a newer driver"
    if driver.promised:
        return "raise `cuda` in system-requirements if the machines have a newer driver"
    return "update this machine's driver; for other machines, what counts is `cuda` in system-requirements"


def driver_is_older(request: EnvironmentRequest, use: Use, driver: Driver) -> Finding:
    """IL513: a package that the driver runs by minor version compatibility."""
    return Finding(
        code="IL513",
        severity=Severity.NOTE,
        what=f"{use} was built for CUDA {use.cuda}, but the driver supports CUDA {driver}: it runs with limits",
        why=(
            f"minor version compatibility lets CUDA {use.cuda.major}.x run on drivers of the "
            f"{oldest_driver(use.cuda.major)} branch and newer, except for features of the newer driver, such as "
            "PTX that is compiled at load time"
        ),
        where=driver_where(request),
        fix=f"for a torch that the driver fully supports, set {_AUTO}"
        if use.name == "torch" and not _is_auto(request)
        else "",
        details=(f"{use.name}'s CUDA: {use.evidence}",),
    )


def two_majors(request: EnvironmentRequest, groups: Sequence[tuple[int, Sequence[Use]]]) -> Finding:
    """IL514: packages for different major versions of CUDA, which one process may load together."""
    leading = {major: next((use for use in uses if use.framework), uses[0]) for major, uses in groups}
    newest = leading[max(leading)]
    return Finding(
        code="IL514",
        severity=Severity.WARNING,
        what=f"the environment mixes two major versions of CUDA: {' and '.join(map(str, sorted(leading)))}",
        why=(
            "a process that imports packages for both loads two CUDA runtimes, but libraries without a CUDA version in "
            "their name (cuDNN, NCCL) only once, for one of them"
        ),
        where=_where(request, newest.name),
        fix=f"use {' and '.join(sorted({use.name for use in leading.values()}))} for the same version of CUDA",
        details=tuple(f"CUDA {major}: {_sample(uses)}" for major, uses in groups),
    )


def no_nvcc(state: CudaState, build: CudaBuild, severity: Severity = Severity.WARNING) -> Finding:
    """IL515: a build that compiles CUDA, in an environment without a CUDA compiler."""
    torch = state.torch
    version = torch.cuda if torch is not None else state.driver.cuda if state.driver is not None else None
    reason = f", the CUDA of {torch}" if torch is not None else ""
    why = build.why if build.surely is None else f"{build.surely} compiles CUDA sources in any case"
    fate = "it fails or leaves out its CUDA code" if build.surely is None else "it will fail"
    other = "; to build it without CUDA, set its own variable for that, such as FORCE_CUDA=0"
    if build.surely is not None:
        other = "; or name another toolkit with CUDA_HOME in its build variables"
    return Finding(
        code="IL515",
        severity=severity,
        what=f"the build of {build.name} compiles CUDA, but the environment has no nvcc",
        why=f"{why}; builds do not use a toolkit of the machine, so {fate}",
        where=_where(state.request, build.name),
        fix=(
            f"add to the conda dependencies: {conda_line(version)} and {conda_line(version, 'cuda-libraries-dev')}"
            f"{reason}{other}"
        ),
    )


def compiler_too_new(state: CudaState, toolkit: CudaVersion, host: HostCompiler, newest: int) -> Finding:
    """IL516: a C++ compiler that is too new for nvcc; ``newest`` is the newest major version that it accepts."""
    facts = ((version, nvcc(version)) for version in nvcc_releases())
    accepting = next((version for version, each in facts if each and each.compilers[host.family] >= host.major), None)
    package = "gxx" if host.family == "gcc" else "clangxx"
    return Finding(
        code="IL516",
        severity=Severity.ERROR if state.builds else Severity.WARNING,
        what=f"nvcc {toolkit} does not accept {host.family} {host.major}, the C++ compiler of the environment",
        why=f"crt/host_config.h of CUDA {toolkit} rejects {host.family} newer than {newest}"
        + (f"; {_compiled(state.builds)}" if state.builds else ""),
        where=next((spec.where for spec in state.request.conda_specs if spec.name in _COMPILERS and spec.where), None)
        or toolkit_where(state.request),
        fix=f'add `{package} = "<{newest + 1}"` to the conda dependencies'
        + (f", or use CUDA {accepting} or newer" if accepting is not None else ""),
        details=(f"compiler: the conda package {host.record}", f"toolkit: the conda package {state.nvcc}"),
    )


def unknown_architectures(
    state: CudaState, toolkit: CudaVersion, names: Sequence[str], origin: str, where: Location | None
) -> Finding:
    """IL517: architectures that nvcc cannot compile for; ``origin`` says where they are declared."""
    facts = nvcc(toolkit)
    known = "" if facts is None else ", ".join(name for name in facts.architectures if name[-1].isdigit())
    return Finding(
        code="IL517",
        severity=Severity.ERROR if state.builds else Severity.WARNING,
        what=f"nvcc {toolkit} cannot compile for {', '.join(names)}",
        why=f"it supports {known}" + (f"; {_compiled(state.builds)}" if state.builds else ""),
        where=where or toolkit_where(state.request),
        fix=f"correct {origin}, or use another release of the toolkit",
        details=tuple(_releases_for(name) for name in names),
    )


def architectures_unset(state: CudaState) -> Finding:
    """IL518: builds that compile for the GPUs of the machine that builds them."""
    return Finding(
        code="IL518",
        severity=Severity.NOTE,
        what="no GPU architectures are declared: builds target the GPUs of the machine that builds them",
        why=_compiled(state.builds),
        fix='declare them, for example `architectures = ["8.0", "9.0"]` in [tool.interlock.cuda]',
        details=_without_gpu(state.usual),
    )


def _without_gpu(usual: Sequence[str]) -> tuple[str, ...]:
    if not usual:
        return ()
    return (f"on a machine without a GPU, for {len(usual)} architectures: {', '.join(usual)}; fewer build faster",)


def own_architectures(state: CudaState, build: CudaBuild) -> Finding:
    """IL523: a build that reads its GPU architectures from its own variable."""
    variables = " or ".join(build.own_variables)
    return Finding(
        code="IL523",
        severity=Severity.NOTE,
        what=f"the build of {build.name} takes its GPU architectures from {variables}, which is not set",
        why="it ignores TORCH_CUDA_ARCH_LIST and CUDAARCHS, and compiles for its own default architectures",
        where=_where(state.request, build.name),
        fix=(
            f'set it in [tool.interlock.build.packages.{build.name}.variables]: {build.own_variables[0]} = "..."; its '
            "setup.py defines the format"
        ),
    )


def backend_changed(
    name: str,
    torch: Use,
    declared: Driver | None,
    toolkit: CudaVersion | None,
    request: EnvironmentRequest,
    index: str,
) -> Finding:
    """IL520: ``torch`` did not fit the driver or the toolkit, so it comes from the backend ``name``."""
    facts = [
        *([f"the toolkit is CUDA {toolkit}"] if toolkit is not None else []),
        *([f"the driver supports CUDA {declared}"] if declared is not None else []),
    ]
    return Finding(
        code="IL520",
        severity=Severity.NOTE,
        what=f"torch and its family come from the backend {name}",
        why=f'torch-backend = "auto": {torch} was built for CUDA {torch.cuda}, but {" and ".join(facts)}',
        where=toolkit_where(request) if toolkit is not None else driver_where(request),
        fix=f'to keep this choice, write `torch-backend = "{name}"`; index: {index}',
    )


def backend_needed(name: str, failure: Finding, request: EnvironmentRequest, index: str) -> Finding:
    """IL520: the usual indexes have no solution, so torch comes from the backend ``name``."""
    return Finding(
        code="IL520",
        severity=Severity.NOTE,
        what=f"torch and its family come from the backend {name}",
        why=f'torch-backend = "auto", and there is no solution without it: {failure.why}',
        where=_where(request, "torch"),
        fix=f'to keep this choice, write `torch-backend = "{name}"`; index: {index}',
    )


def backend_undecided(state: CudaState) -> Finding:
    """IL522: ``torch-backend = "auto"`` without a driver or a toolkit to choose by."""
    return Finding(
        code="IL522",
        severity=Severity.NOTE,
        what='torch-backend = "auto" cannot choose a backend; torch comes from the index as usual',
        why="no driver is declared, no conda package is a CUDA toolkit, and the GPUs of this machine do not count",
        where=_where(state.request, "torch"),
        fix="declare `cuda` in system-requirements, or name the backend",
    )


def conda_line(version: CudaVersion | None, package: str = "cuda-nvcc") -> str:
    """The line for the conda dependencies that selects a release of the toolkit."""
    return f'`{package} = "{"*" if version is None else f"{version}.*"}"`'


def _backend_hint(request: EnvironmentRequest) -> str:
    return "" if _is_auto(request) else f" (with {_AUTO}, torch follows the toolkit)"


def _is_auto(request: EnvironmentRequest) -> bool:
    return request.torch_backend == "auto"


def _compiled(builds: Sequence[CudaBuild]) -> str:
    return "these builds compile CUDA: " + ", ".join(f"{build.name} ({build.why})" for build in builds)


def _releases_for(name: str) -> str:
    plain = name.removesuffix("+PTX")
    able = [str(version) for version in nvcc_releases() if (facts := nvcc(version)) and plain in facts.architectures]
    return f"{name}: CUDA {able[0]} to {able[-1]}" if able else f"{name}: no known release of CUDA"


def _sample(uses: Sequence[Use], most: int = 4) -> str:
    ordered = sorted(uses, key=lambda use: not use.framework)
    shown = ", ".join(f"{use} ({use.evidence})" for use in ordered[:most])
    return shown if len(uses) <= most else f"{shown}, {len(uses) - most} more"


def _where(request: EnvironmentRequest, name: str) -> Location | None:
    return next((each.where for each in request.requirements if each.name == name), None)
