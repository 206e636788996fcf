"""The hooks of Interlock, in the order in which the pipeline calls them.

A plugin is any object (usually a module) with functions of these names, marked with
:data:`interlock_hooks.hookimpl`. It may take fewer arguments than a specification names (pluggy passes those it asks
for). All arguments and results are frozen dataclasses from :mod:`interlock_hooks.types`; return new objects, never
change what you are given. Raise :class:`~interlock_hooks.types.InterlockError` to stop with your own message.
"""

from __future__ import annotations

from collections.abc import Mapping

import pluggy

from interlock_hooks.types import (
    BuildPlan,
    BuildRequirement,
    BuiltWheel,
    CondaAdditions,
    CondaRecord,
    CondaRequest,
    CondaSolution,
    Environment,
    EnvironmentRequest,
    Event,
    Finding,
    InfoSection,
    LockedEnvironment,
    PyPIAdditions,
    PyPIPackage,
    PyPIRequest,
    Repair,
    Resolution,
    SourceTree,
    VirtualPackage,
    WheelFile,
)

PROJECT_NAME = "interlock"

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)


@hookspec
def interlock_virtual_packages(request: EnvironmentRequest) -> list[VirtualPackage]:  # type: ignore[empty-body]
    """Virtual packages of the target machine; called once, before the first conda solve.

    Results of all plugins are merged by name: what the manifest declares wins, then ``CONDA_OVERRIDE_*``
    variables, then plugins, then detection.

    Example::

        from interlock_hooks import hookimpl
        from interlock_hooks.types import VirtualPackage

        @hookimpl
        def interlock_virtual_packages(request):
            return [VirtualPackage(name="__mpi", version="4.1", origin="plugin")]
    """


@hookspec
def interlock_conda_request(request: EnvironmentRequest) -> CondaAdditions:  # type: ignore[empty-body]
    """Specs, constraints and channels to add to the conda request; called before every conda solve.

    Added specs install a package; added constraints only restrict it; added channels come after those of the manifest.

    Example::

        from interlock_hooks import hookimpl
        from interlock_hooks.types import CondaAdditions, CondaSpec

        @hookimpl
        def interlock_conda_request(request):
            pin = CondaSpec(spec="openssl >=3.2", origin="company-policy")
            return CondaAdditions(constraints=(pin,))
    """


@hookspec(firstresult=True)
def interlock_conda_solve(request: CondaRequest) -> CondaSolution | None:
    """Solve the conda request; the first result that is not ``None`` is used.

    The built-in plugin uses rattler's solver. Raise :class:`~interlock_hooks.types.InterlockError` with an ``IL2xx``
    finding when there is no solution.

    Example::

        from interlock_hooks import hookimpl
        from interlock_hooks.types import CondaSolution

        @hookimpl(tryfirst=True)
        def interlock_conda_solve(request):
            if request.environment != "empty":
                return None
            return CondaSolution(platform=request.platform, channels=request.channels)
    """


@hookspec(firstresult=True)
def interlock_pypi_names(record: CondaRecord, request: EnvironmentRequest) -> list[str] | None:
    """PyPI names of the distributions that a conda record supplies; the first result that is not ``None`` is used.

    An empty list means that the record supplies none. Called for each record of a solution that is not in the
    manifest's ``conda-pypi-map``; ``request`` is the request of the environment.

    Example::

        from interlock_hooks import hookimpl

        @hookimpl
        def interlock_pypi_names(record):
            return ["torch"] if record.name == "company-pytorch" else None
    """


@hookspec
def interlock_pypi_request(  # type: ignore[empty-body]
    request: EnvironmentRequest, conda: CondaSolution
) -> PyPIAdditions:
    """Requirements, constraints, overrides, indexes and routes for the PyPI request; called before every resolution.

    Example::

        from interlock_hooks import hookimpl
        from interlock_hooks.types import PyPIAdditions

        @hookimpl
        def interlock_pypi_request(request, conda):
            return PyPIAdditions(constraints=("urllib3>=2.2",))
    """


@hookspec(firstresult=True)
def interlock_pypi_resolve(request: PyPIRequest) -> Resolution | None:
    """Resolve the PyPI request; the first result that is not ``None`` is used.

    The built-in plugin uses uv's resolver. ``request.provided`` distributions must stay exactly as they are. Raise
    :class:`~interlock_hooks.types.InterlockError` with an ``IL3xx`` finding when nothing fits.

    Example::

        from interlock_hooks import hookimpl
        from interlock_hooks.types import Resolution

        @hookimpl(tryfirst=True)
        def interlock_pypi_resolve(request):
            if request.requirements:
                return None
            return Resolution(python=request.python, provided=request.provided)
    """


@hookspec
def interlock_repair_resolution(  # type: ignore[empty-body]
    resolution: Resolution, conda: CondaSolution, request: EnvironmentRequest, failure: Finding | None
) -> list[Repair]:
    """Other ways to resolve, best first, for a resolution that does not fit; called after each resolution.

    The first repair that leads to a resolution is used, and its finding is shown. If none does, the resolution stays
    as it was. If there is no resolution, ``failure`` says why, and ``resolution`` holds no packages.

    Example::

        from interlock_hooks import hookimpl
        from interlock_hooks.types import Finding, PyPIAdditions, Repair, Severity

        @hookimpl
        def interlock_repair_resolution(resolution):
            torch = resolution.get("torch")
            if torch is None or torch.version.startswith("2.6."):
                return []
            note = Finding(code="IL891", what="torch is held below 2.7", severity=Severity.NOTE)
            return [Repair(additions=PyPIAdditions(constraints=("torch<2.7",)), finding=note)]
    """


@hookspec
def interlock_check_resolution(  # type: ignore[empty-body]
    resolution: Resolution,
    conda: CondaSolution,
    request: EnvironmentRequest,
    sources: Mapping[str, SourceTree],
) -> list[Finding]:
    """Findings about a resolution; called while locking, before anything is built or installed.

    ``sources`` describes the sources of the packages that have to be built, by name. An error stops the
    lock; warnings and notes are shown.

    Example::

        from interlock_hooks import hookimpl
        from interlock_hooks.types import Finding

        @hookimpl
        def interlock_check_resolution(resolution):
            if resolution.get("leftpad") is None:
                return []
            return [Finding(code="IL890", what="leftpad is not allowed here", fix="remove what requires leftpad")]
    """


@hookspec
def interlock_build_requirements(  # type: ignore[empty-body]
    package: PyPIPackage, resolution: Resolution, request: EnvironmentRequest
) -> list[BuildRequirement]:
    """Build requirements to add for one sdist; called while its build is planned.

    A requirement with ``match_runtime=True`` is installed at exactly the artifact of the resolution and makes an
    isolated build a matched one.

    Example::

        from interlock_hooks import hookimpl
        from interlock_hooks.types import BuildRequirement

        @hookimpl
        def interlock_build_requirements(package, resolution):
            if package.name != "flash-attn" or resolution.get("torch") is None:
                return []
            return [BuildRequirement(requirement="torch", match_runtime=True, origin="my-plugin")]
    """


@hookspec
def interlock_build_variables(  # type: ignore[empty-body]
    package: PyPIPackage,
    resolution: Resolution,
    request: EnvironmentRequest,
    conda: CondaSolution,
    source: SourceTree,
) -> Mapping[str, str]:
    """Environment variables for the build of one sdist; the manifest's own variables win over them.

    ``source`` describes the sdist. The variables are part of the lock and of the identity of the built
    wheel, so return the same for the same input.

    Example::

        from interlock_hooks import hookimpl

        @hookimpl
        def interlock_build_variables(package):
            return {"FLASH_ATTENTION_FORCE_BUILD": "TRUE"} if package.name == "flash-attn" else {}
    """


@hookspec
def interlock_check_install(  # type: ignore[empty-body]
    locked: LockedEnvironment, request: EnvironmentRequest
) -> list[Finding]:
    """Findings about a lock; called when it is installed, before anything is downloaded or changed.

    An error ends the install; warnings and notes are shown. The built-in plugin for CUDA refuses an environment without
    nvcc if a build runs it in any case.

    Example::

        from interlock_hooks import hookimpl
        from interlock_hooks.types import Finding

        @hookimpl
        def interlock_check_install(locked):
            if len(locked.plans) < 20:
                return []
            return [Finding(code="IL890", what="this machine is too small for so many builds")]
    """


@hookspec(firstresult=True)
def interlock_build_wheel(plan: BuildPlan, environment: Environment) -> BuiltWheel | None:
    """Build a wheel from a plan; the first result that is not ``None`` is used.

    The built-in plugin runs the build backend (PEP 517) on this machine. ``environment`` holds the prefix and the
    wheels of the packages in the plan's ``after``. Raise :class:`~interlock_hooks.types.InterlockError` with
    an ``IL4xx`` finding when the build fails.

    Example::

        from interlock_hooks import hookimpl

        @hookimpl(tryfirst=True)
        def interlock_build_wheel(plan, environment):
            return farm.build(plan) if plan.name in farm.packages else None
    """


@hookspec
def interlock_check_wheel(  # type: ignore[empty-body]
    wheel: WheelFile, resolution: Resolution, environment: Environment
) -> list[Finding]:
    """Findings about a wheel; called before it is installed. An error keeps it out.

    Called for wheels that were built here (:class:`~interlock_hooks.types.BuiltWheel`) and for those that come from a
    URL or path; with ``wheels = "all"`` in ``[tool.interlock.audit]`` for every wheel, with ``"built"`` only for the
    former. ``environment`` is the prefix as it is so far; the dependencies of the wheel are already installed. The
    built-in plugin audits compiled code.

    Example::

        from interlock_hooks import hookimpl
        from interlock_hooks.types import Finding, Severity

        @hookimpl
        def interlock_check_wheel(wheel):
            if wheel.path.stat().st_size < 2**30:
                return []
            return [Finding(code="IL590", what=f"{wheel.name} is over 1 GiB", severity=Severity.WARNING)]
    """


@hookspec
def interlock_environment_ready(environment: Environment) -> None:
    """The environment is complete: everything is linked, installed and recorded.

    Called after an install that changed something, with the prefix ready to run programs.

    Example::

        from interlock_hooks import hookimpl

        @hookimpl
        def interlock_environment_ready(environment):
            (environment.prefix / "READY").write_text(environment.locked.name)
    """


@hookspec
def interlock_environment_info(  # type: ignore[empty-body]
    request: EnvironmentRequest, locked: LockedEnvironment | None
) -> InfoSection:
    """Additional lines for ``env info`` about an environment; this must not solve or change anything.

    ``locked`` is what the lock has for the environment on the platform of ``request``, ``None`` if it has nothing.

    Example::

        from interlock_hooks import hookimpl
        from interlock_hooks.types import InfoSection

        @hookimpl
        def interlock_environment_info(request, locked):
            built = [] if locked is None else [plan.name for plan in locked.plans]
            return InfoSection(name="farm", data={"built": built}, rows=(("farm", f"builds {len(built)} packages"),))
    """


@hookspec
def interlock_event(event: Event) -> None:
    """Progress: called for each event, in the thread where it happens. It must return quickly.

    The command line's own display is one listener.

    Example::

        from interlock_hooks import hookimpl
        from interlock_hooks.types import BuildFinished

        @hookimpl
        def interlock_event(event):
            if isinstance(event, BuildFinished):
                metrics.send("build", event.name, event.seconds)
    """
