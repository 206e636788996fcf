"""The pipeline: the only module that calls the hooks, in the order in which the data flows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from interlock.build.discovery import Result, build_with_discovery, discovery_note
from interlock.build.jobs import available_jobs
from interlock.build.modules import ModuleFinder
from interlock.build.plan import PlanContext, listed_without_build
from interlock.build.planner import Planner
from interlock.build.scheduler import run_builds
from interlock.build.service import BuildService
from interlock.build.store import default_store
from interlock.install.transaction import Transaction
from interlock.manifest.cutoff import moment
from interlock.manifest.platforms import current_platform
from interlock.resolve.assuming_backend import UNKNOWN_VERSION
from interlock.resolve.dynamic import resolve_fixpoint
from interlock.solve.names import provided_distributions, unmapped_distributions
from interlock.solve.request import make_conda_request, python_target
from interlock.solve.virtual import merge_virtual_packages
from interlock_hooks.types import (
    BuildPlan,
    BuildRequirement,
    BuiltWheel,
    CondaSolution,
    Environment,
    EnvironmentRequest,
    Finding,
    FindingReported,
    InterlockError,
    LockedEnvironment,
    Metadata,
    PyPIPackage,
    PyPIRequest,
    PythonTarget,
    Resolution,
    Severity,
    Stage,
    StageFinished,
    StageStarted,
)

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.core.paths import Layout
    from interlock.plugins import Plugins


@dataclass(frozen=True, slots=True)
class Locking:
    """The answer to a request, with the warnings and notes that came up."""

    locked: LockedEnvironment
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment that is complete; ``changed`` is false when there was nothing to do."""

    environment: Environment
    changed: bool
    findings: tuple[Finding, ...] = ()


def lock_environment(
    request: EnvironmentRequest,
    plugins: Plugins,
    layout: Layout,
    *,
    previous: LockedEnvironment | None = None,
    siblings: Sequence[LockedEnvironment] = (),
) -> Locking:
    """Solve conda, resolve PyPI on top, and plan every build; versions of ``previous`` are kept where they fit.

    ``siblings`` are answers for the same environment on other platforms: a backend can only be asked on its own
    platform, so that its answers there stand in for those that cannot be had here. Raises :class:`InterlockError` when
    the request cannot be satisfied.
    """
    request = _at_this_moment(request)
    where = f"{request.name} on {request.platform}"
    with _stage(plugins, "conda-solve", where) as done:
        conda = _solve_conda(request, plugins, previous)
        done(f"{len(conda.records)} packages for {where}")
    locker = _Locker(request, conda, plugins, layout, previous, siblings)
    with _stage(plugins, "pypi-resolve", where) as done:
        resolution = locker.resolve()
        done(f"{len(resolution.packages)} packages for {where}")
    context = PlanContext(request=request, resolution=resolution, conda=conda)
    findings = [*plugins.check_resolution(resolution, conda, request), *listed_without_build(context)]
    _stop_on_errors(findings)
    plans = locker.plan(resolution)
    locked = LockedEnvironment(
        name=request.name, platform=request.platform, conda=conda, resolution=resolution, plans=plans
    )
    return Locking(locked, tuple(findings))


def _at_this_moment(request: EnvironmentRequest) -> EnvironmentRequest:
    """The request with limits such as "a week ago" made moments, the same for both ecosystems."""
    now = datetime.now(timezone.utc)
    conda, pypi = request.conda_exclude_newer, request.pypi.exclude_newer
    return replace(
        request,
        conda_exclude_newer=conda and moment(conda, now),
        pypi=replace(request.pypi, exclude_newer=pypi and moment(pypi, now)),
    )


def install_environment(
    locked: LockedEnvironment,
    request: EnvironmentRequest,
    plugins: Plugins,
    layout: Layout,
    *,
    inputs: Sequence[Path],
    learn: Callable[[LockedEnvironment], None],
    frozen: bool = False,
) -> Installed:
    """Make the prefix what the lock says: link conda packages, install wheels, build the rest and install that.

    ``inputs`` are the files that decide what there is to do; ``learn`` is given the lock with what the builds taught
    before the install is declared complete; ``frozen`` says that the lock was not compared with the manifest. Raises
    :class:`InterlockError`; what was finished by then stays.
    """
    prefix = layout.prefix(locked.name)
    with Transaction(prefix, locked, root=layout.root, emit=plugins.event) as transaction:
        with _stage(plugins, "conda-install", locked.name) as done:
            transaction.link_conda()
            done(f"{len(locked.conda.records)} packages")
        with _stage(plugins, "wheels", locked.name) as done:
            transaction.remove_extraneous()
            number = transaction.install_wheels()
            done(f"{number} packages" if number else "all there")
        builder = _Builder(locked, request, plugins, layout, transaction)
        built = builder.build() if locked.plans else ()
        answer = builder.answer
        environment = _environment(answer, request, layout, prefix=prefix, built=built)
        if answer != locked:
            learn(answer)
        transaction.commit(inputs=inputs, report=environment_report(environment), frozen=frozen)
    if transaction.changed:
        plugins.environment_ready(environment)
    return Installed(environment, transaction.changed, tuple(builder.findings))


def environment_report(environment: Environment) -> dict[str, object]:
    """What an environment is made of, as JSON-ready data: part of the ``--json`` contract of ``env install``."""
    locked = environment.locked
    return {
        "environment": locked.name,
        "platform": locked.platform,
        "prefix": str(environment.prefix),
        "conda": [{"name": r.name, "version": r.version, "build": r.build} for r in locked.conda.records],
        "pypi": [{"name": p.name, "version": p.version} for p in locked.resolution.packages if not p.needs_build],
        "built": [_built_report(wheel) for wheel in environment.built],
    }


def _built_report(wheel: BuiltWheel) -> dict[str, object]:
    return {
        "name": wheel.name,
        "version": wheel.version,
        "mode": wheel.mode.value,
        "seconds": round(wheel.seconds, 3),
        "from_store": wheel.from_store,
        "imports": list(wheel.imports),
        "toolchain": dict(wheel.toolchain),
        "wheel": str(wheel.path),
        "log": None if wheel.log is None else str(wheel.log),
    }


def _solve_conda(request: EnvironmentRequest, plugins: Plugins, previous: LockedEnvironment | None) -> CondaSolution:
    virtual_packages = merge_virtual_packages(request, plugins.virtual_packages(request))
    return plugins.conda_solve(
        make_conda_request(
            request,
            plugins.conda_request(request),
            virtual_packages,
            preferred=previous.conda.records if previous else (),
        )
    )


class _Locker:
    """The PyPI half of locking: resolution, metadata of dynamic sdists, build plans."""

    def __init__(
        self,
        request: EnvironmentRequest,
        conda: CondaSolution,
        plugins: Plugins,
        layout: Layout,
        previous: LockedEnvironment | None,
        siblings: Sequence[LockedEnvironment],
    ) -> None:
        self._siblings = siblings
        self._request = request
        self._conda = conda
        self._plugins = plugins
        self._layout = layout
        self._previous = previous
        self._service = BuildService(default_store(request.build.store, plugins.event), emit=plugins.event)
        self._learned: dict[str, tuple[BuildRequirement, ...]] = {}
        self._planner = _planner(request, conda, plugins)

    def resolve(self) -> Resolution:
        """The resolution, with the metadata of dynamic sdists as their backends say it."""
        provided = provided_distributions(self._conda.records, self._plugins.pypi_names, self._request.pypi_names)
        unmapped = unmapped_distributions(self._conda, self._plugins.pypi_names, self._request, known=provided)
        additions = self._plugins.pypi_request(self._request, self._conda)
        requirements = (*self._request.requirements, *(r for each in additions for r in each.requirements))
        if not requirements:
            python = self._conda.get("python")
            target = PythonTarget(version=python.version if python else "0", platform=self._request.platform)
            return Resolution(python=target, provided=(*provided, *unmapped))
        backends = (each.torch_backend for each in additions if each.torch_backend)
        options = self._request.pypi
        pypi_request = PyPIRequest(
            environment=self._request.name,
            python=python_target(self._request, self._conda),
            root=str(self._request.root),
            requirements=requirements,
            constraints=(*self._request.constraints, *(text for each in additions for text in each.constraints)),
            overrides=(*self._request.overrides, *(text for each in additions for text in each.overrides)),
            provided=(*provided, *unmapped),
            options=replace(options, indexes=(*options.indexes, *(i for each in additions for i in each.indexes))),
            metadata=self._request.build.metadata,
            preferred=tuple((p.name, p.version) for p in self._previous.resolution.packages) if self._previous else (),
            torch_backend=next(backends, self._request.torch_backend),
        )
        return resolve_fixpoint(pypi_request, self._plugins.pypi_resolve, self._produce)

    def plan(self, resolution: Resolution) -> tuple[BuildPlan, ...]:
        """A plan for every package that has to be built."""
        packages = [package for package in resolution.packages if package.needs_build]
        if not packages:
            return ()
        with _stage(self._plugins, "plan", self._request.name) as done:
            plans = tuple(self._plan(package, resolution) for package in packages)
            done(f"{len(plans)} builds")
        for plan in plans:
            _tell_discovered(plan, self._previous.plan(plan.name) if self._previous else None, self._plugins)
        return plans

    def _plan(self, package: PyPIPackage, resolution: Resolution) -> BuildPlan:
        previous = self._previous.plan(package.name) if self._previous else None
        learned = self._learned.get(package.name, ())
        return self._planner.plan(package, resolution, learned=learned, previous=previous)

    def _produce(self, package: PyPIPackage, resolution: Resolution) -> Metadata:
        """What the backend says of a package in the build environment that this resolution plans for it."""
        if self._request.platform != current_platform():
            return self._from_sibling(package)
        # Imported here: only sdists with dynamic metadata need an interpreter while locking.
        from interlock.engines.rattler.cached_prefix import linked_prefix

        plan = self._plan(package, resolution)
        locked = LockedEnvironment(
            name=self._request.name, platform=self._request.platform, conda=self._conda, resolution=resolution
        )
        prefix = linked_prefix(self._conda.records)
        environment = _environment(locked, self._request, self._layout, prefix=prefix)
        metadata, plan = _discovering(
            plan,
            environment,
            self._planner,
            self._plugins,
            lambda plan: self._service.produce_metadata(plan, environment),
        )
        self._learned[package.name] = _learned(plan)
        return metadata

    def _from_sibling(self, package: PyPIPackage) -> Metadata:
        """What the backend said of a package on a platform where it could be asked."""
        answers = [
            answer
            for sibling in self._siblings
            for answer in sibling.resolution.metadata
            if answer.name == package.name and package.version in (answer.version, UNKNOWN_VERSION)
        ]
        if answers:
            return answers[0]
        raise InterlockError(
            Finding(
                code="IL483",
                what=f"the metadata of {package.name} for {self._request.platform} cannot be had on this machine",
                why="only its build backend knows it, and that has to run on that platform",
                fix="declare it in `[[tool.uv.dependency-metadata]]`, or lock where the platform is at hand",
            )
        )


class _Builder:
    """Builds what the lock plans, in order, and keeps what that taught about the plans."""

    def __init__(
        self,
        locked: LockedEnvironment,
        request: EnvironmentRequest,
        plugins: Plugins,
        layout: Layout,
        transaction: Transaction,
    ) -> None:
        self._locked = locked
        self._request = request
        self._plugins = plugins
        self._transaction = transaction
        self._layout = layout
        self._planner = _planner(request, locked.conda, plugins)
        self._plans: dict[str, BuildPlan] = {plan.name: plan for plan in locked.plans}
        self._built: dict[str, BuiltWheel] = {}
        self.findings: list[Finding] = []

    @property
    def answer(self) -> LockedEnvironment:
        """The lock with the plans as the builds left them."""
        return replace(self._locked, plans=tuple(self._plans[plan.name] for plan in self._locked.plans))

    def build(self) -> tuple[BuiltWheel, ...]:
        """Make every wheel that the lock plans, or take it from the store, and install what is not there yet."""
        with _stage(self._plugins, "builds", self._locked.name) as done:
            wheels = run_builds(
                self._locked.plans,
                build=self._build_one,
                install=self._install_one,
                jobs=available_jobs(self._request.build),
            )
            stored = sum(wheel.from_store for wheel in wheels)
            done(f"{len(wheels)} wheels" + (f", {stored} from the store" if stored else ""))
        return tuple(sorted(wheels, key=lambda wheel: wheel.name))

    def _build_one(self, plan: BuildPlan) -> BuiltWheel:
        environment = _environment(
            self._locked,
            self._request,
            self._layout,
            prefix=self._transaction.prefix,
            built=tuple(self._built[name] for name in plan.after if name in self._built),
        )
        wheel, final = _discovering(
            plan,
            environment,
            self._planner,
            self._plugins,
            lambda plan: self._plugins.build_wheel(plan, environment),
        )
        # The plan that ran holds this machine's share of jobs too, which is nobody else's business.
        self._plans[plan.name] = replace(
            self._plans[plan.name],
            requirements=final.requirements,
            overlay=final.overlay,
            base_records=final.base_records,
            mode=final.mode,
            after=final.after,
            imports=wheel.imports,
        )
        _tell_discovered(final, plan, self._plugins)
        return wheel

    def _install_one(self, plan: BuildPlan, wheel: BuiltWheel) -> None:
        findings = self._plugins.check_wheel(wheel, self._locked.resolution)
        _stop_on_errors(findings)
        self.findings += findings
        self._transaction.install_built(plan.package, wheel)
        self._built[wheel.name] = wheel


def _discovering(
    plan: BuildPlan,
    environment: Environment,
    planner: Planner,
    plugins: Plugins,
    attempt: Callable[[BuildPlan], Result],
) -> tuple[Result, BuildPlan]:
    """Run a build or metadata call; where it fails for lack of a module, plan it again with what brings that."""
    resolution = environment.locked.resolution

    def replan(failed: BuildPlan, learned: Sequence[BuildRequirement]) -> BuildPlan:
        better = planner.plan(failed.package, resolution, learned=learned, previous=failed)
        # The share of the machine that the scheduler gave to this build stays.
        return replace(better, variables=tuple(sorted({**dict(failed.variables), **dict(better.variables)}.items())))

    return build_with_discovery(
        plan,
        attempt=attempt,
        replan=replan,
        provider=ModuleFinder(resolution, prefix=environment.prefix, root=environment.root),
        mode=environment.request.build.discovery,
        emit=plugins.event,
    )


def _planner(request: EnvironmentRequest, conda: CondaSolution, plugins: Plugins) -> Planner:
    return Planner(
        request,
        conda,
        resolve=plugins.pypi_resolve,
        requirements=lambda package, resolution: plugins.build_requirements(package, resolution, request),
        variables=lambda package, resolution: plugins.build_variables(package, resolution, request),
        emit=plugins.event,
    )


def _environment(
    locked: LockedEnvironment,
    request: EnvironmentRequest,
    layout: Layout,
    *,
    prefix: Path,
    built: tuple[BuiltWheel, ...] = (),
) -> Environment:
    return Environment(locked=locked, request=request, prefix=prefix, logs=layout.logs, built=built)


def _tell_discovered(plan: BuildPlan, before: BuildPlan | None, plugins: Plugins) -> None:
    """Send a note about what was discovered for a build, unless the plan before it knew that already."""
    if before is not None and _discovered(plan) == _discovered(before):
        return
    note = discovery_note(plan)
    if note is not None:
        plugins.event(FindingReported(finding=note))


def _discovered(plan: BuildPlan) -> set[str]:
    return {entry.requirement for entry in plan.requirements if entry.origin == "discovery"}


def _learned(plan: BuildPlan) -> tuple[BuildRequirement, ...]:
    return tuple(entry for entry in plan.requirements if entry.origin in ("discovery", "get-requires"))


def _stop_on_errors(findings: Sequence[Finding]) -> None:
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise InterlockError(*sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR))


@contextmanager
def _stage(plugins: Plugins, stage: Stage, detail: str) -> Iterator[Callable[[str], None]]:
    """Tell the listeners that a stage begins and, with what the block says it did, that it ended well."""
    result = ""

    def done(text: str) -> None:
        nonlocal result
        result = text

    started = time.monotonic()
    plugins.event(StageStarted(stage=stage, detail=detail))
    yield done
    plugins.event(StageFinished(stage=stage, detail=result, seconds=time.monotonic() - started))
