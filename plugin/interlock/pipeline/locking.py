"""Locking: from what the manifest asks for to the complete answer, through the hooks of solve, resolve and plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from interlock.build.plan import PlanContext, listed_without_build
from interlock.manifest.cutoff import moment
from interlock.pipeline.additions import Repairing, with_additions
from interlock.pipeline.backends import Backends
from interlock.pipeline.naming import provided_distributions
from interlock.pipeline.steps import stage, stop_on_errors, tell_discovered
from interlock.resolve.dynamic import resolve_fixpoint
from interlock.solve.request import make_conda_request, python_target
from interlock.solve.virtual import merge_virtual_packages
from interlock_hooks.types import (
    BuildPlan,
    CondaSolution,
    EnvironmentRequest,
    Finding,
    LockedEnvironment,
    PyPIRequest,
    PythonTarget,
    Resolution,
    SourceTree,
)

if TYPE_CHECKING:
    from interlock.core.paths import Layout
    from interlock.plugins import Plugins


@dataclass(frozen=True, slots=True)
class Locking:
    """The answer to a request, with the warnings and notes that came up."""

    locked: LockedEnvironment
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
    with stage(plugins, "conda-solve", where) as done:
        conda = _solve_conda(request, plugins, previous)
        done(f"{len(conda.records)} packages for {where}")
    locker = _Locker(request, conda, plugins, layout, previous, siblings)
    with stage(plugins, "pypi-resolve", where) as done:
        resolution = locker.resolve()
        done(f"{len(resolution.packages)} packages for {where}")
    context = PlanContext(request=request, resolution=resolution, conda=conda)
    findings = [
        *locker.findings,
        *plugins.check_resolution(resolution, conda, request, locker.sources(resolution)),
        *listed_without_build(context),
    ]
    stop_on_errors(findings)
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
        self._request = request
        self._conda = conda
        self._plugins = plugins
        self._previous = previous
        self._backends = Backends(request, conda, plugins, layout, previous=previous, siblings=siblings)
        self.findings: tuple[Finding, ...] = ()

    def resolve(self) -> Resolution:
        """The resolution, with the metadata of dynamic sdists as their backends say it."""
        provided = provided_distributions(self._conda.records, self._request, self._plugins)
        additions = self._plugins.pypi_request(self._request, self._conda)
        if not self._request.requirements and not any(each.requirements for each in additions):
            python = self._conda.get("python")
            target = PythonTarget(version=python.version if python else "0", platform=self._request.platform)
            return Resolution(python=target, provided=provided)
        pypi_request = PyPIRequest(
            environment=self._request.name,
            python=python_target(self._request, self._conda),
            root=str(self._request.root),
            requirements=self._request.requirements,
            constraints=self._request.constraints,
            overrides=self._request.overrides,
            provided=provided,
            options=self._request.pypi,
            metadata=self._request.build.metadata,
            preferred=tuple((p.name, p.version) for p in self._previous.resolution.packages) if self._previous else (),
        )
        repairing = Repairing(
            self._plugins.pypi_resolve,
            lambda resolution: self._plugins.repair_resolution(resolution, self._conda, self._request),
            self._request,
        )
        resolution = resolve_fixpoint(
            with_additions(pypi_request, additions, self._request), repairing, self._backends.metadata
        )
        self.findings = repairing.findings
        return resolution

    def sources(self, resolution: Resolution) -> dict[str, SourceTree]:
        """What the packages that have to be built consist of, by name."""
        return {package.name: self._backends.source(package) for package in resolution.packages if package.needs_build}

    def plan(self, resolution: Resolution) -> tuple[BuildPlan, ...]:
        """A plan for every package that has to be built."""
        packages = [package for package in resolution.packages if package.needs_build]
        if not packages:
            return ()
        with stage(self._plugins, "plan", self._request.name) as done:
            plans = tuple(self._backends.plan(package, resolution) for package in packages)
            done(f"{len(plans)} builds")
        for plan in plans:
            tell_discovered(plan, self._previous.plan(plan.name) if self._previous else None, self._plugins)
        return plans
