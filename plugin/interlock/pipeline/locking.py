"""Locking: from the request of the manifest to a locked environment, through the hooks of solve, resolve and plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from interlock.builds.plan.rules import PlanContext, listed_without_build
from interlock.pipeline.backends import Backends
from interlock.pipeline.moments import at_this_moment
from interlock.pipeline.solving import solve_both
from interlock.pipeline.steps import stage, stop_on_errors, tell_discovered, tell_warnings
from interlock.resolve.exclusions import kept, left_out
from interlock.resolve.joint.joint_notes import version_notes
from interlock.solve.moving import told
from interlock_hooks.types import (
    BuildPlan,
    CondaSolution,
    EnvironmentRequest,
    Finding,
    InterlockError,
    LockedEnvironment,
    Resolution,
    SourceTree,
)

if TYPE_CHECKING:
    from interlock.core.paths import Layout
    from interlock.plugins.manager import Plugins
    from interlock.resolve.joint.search import Joint


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
    """Solve conda and PyPI together, and plan every build; versions of ``previous`` are kept where they fit.

    ``siblings`` are answers for the same environment on other platforms: a backend can only be asked on its own
    platform, so that its answers there stand in for those that cannot be had here. Raises :class:`InterlockError` when
    the request cannot be satisfied.
    """
    request = at_this_moment(request)
    locker = _Locker(request, plugins, layout, previous, siblings)
    try:
        joint, notes = locker.solve()
    except InterlockError as error:
        from interlock.pipeline.explaining import explained  # only needed here

        told = explained(error, request, plugins)
        # An error that needs no explanation comes back as it is, and must not become its own cause.
        raise told from (error.__cause__ if told is error else error)
    conda, resolution = joint.conda, _with_earlier_exclusions(joint.resolution, previous)
    notes += left_out(joint.resolution)
    backends = locker.backends(conda)
    sources: dict[str, SourceTree] = {
        package.name: backends.source(package) for package in resolution.packages if package.needs_build
    }
    context = PlanContext(request=request, resolution=resolution, conda=conda)
    findings = [*plugins.check_resolution(resolution, conda, request, sources), *listed_without_build(context)]
    stop_on_errors([*findings, *notes])
    tell_warnings(joint.resolution, plugins)
    plans = locker.plan(backends, resolution)
    locked = LockedEnvironment(
        name=request.name, platform=request.platform, conda=conda, resolution=resolution, plans=plans
    )
    return Locking(locked, (*notes, *findings))


def _with_earlier_exclusions(resolution: Resolution, previous: LockedEnvironment | None) -> Resolution:
    """The resolution with the versions that an earlier one passed over, as far as that still counts."""
    if previous is None:
        return resolution
    earlier = kept(previous.resolution, resolution)
    return replace(resolution, passed_over=(*resolution.passed_over, *earlier))


class _Locker:
    """Solves an environment, with the metadata of dynamic sdists, and plans its builds."""

    def __init__(
        self,
        request: EnvironmentRequest,
        plugins: Plugins,
        layout: Layout,
        previous: LockedEnvironment | None,
        siblings: Sequence[LockedEnvironment],
    ) -> None:
        self._request = request
        self._plugins = plugins
        self._layout = layout
        self._previous = previous
        self._siblings = siblings
        self._backends: dict[CondaSolution, Backends] = {}

    def solve(self) -> tuple[Joint, list[Finding]]:
        """Packages of both ecosystems that fit together, with notes about what was changed for that."""
        joint, conda = solve_both(
            self._request, self._plugins, lambda conda: self.backends(conda).metadata, previous=self._previous
        )
        notes = version_notes(joint, conda.pins(joint.first), conda.pins(joint.conda))
        moved = told(self._request, joint.conda, joint.resolution, conda.suppliers)
        return joint, [*notes, *joint.findings, *moved]

    def backends(self, conda: CondaSolution) -> Backends:
        """The backends of sdists on a conda solution; they keep what they learn while it is the same."""
        if conda not in self._backends:
            self._backends[conda] = Backends(
                self._request, conda, self._plugins, self._layout, previous=self._previous, siblings=self._siblings
            )
        return self._backends[conda]

    def plan(self, backends: Backends, resolution: Resolution) -> tuple[BuildPlan, ...]:
        """A plan for every package that has to be built."""
        packages = [package for package in resolution.packages if package.needs_build]
        if not packages:
            return ()
        # Imported here: most environments have nothing to build.
        from interlock.builds.run.jobs import available_jobs
        from interlock.engines.threads import in_threads

        with stage(self._plugins, "plan", self._request.name) as done:
            jobs = available_jobs(self._request.build)
            plans = tuple(in_threads(lambda package: backends.plan(package, resolution), packages, workers=jobs))
            done(f"{len(plans)} builds")
        for plan in plans:
            tell_discovered(plan, self._previous.plan(plan.name) if self._previous else None, self._plugins)
        return plans
