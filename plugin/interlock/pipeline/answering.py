"""The answer for one environment: solved, checked, and with a plan for every build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from interlock.builds.plan.rules import PlanContext, listed_without_build
from interlock.pipeline.backends import Backends
from interlock.pipeline.moving import solve_moving
from interlock.pipeline.solving import solve_both
from interlock.pipeline.steps import place_of, stage, stop_on_errors, tally, tell_discovered, tell_warnings
from interlock.resolve.exclusions import kept
from interlock.resolve.joint.joint_notes import version_notes
from interlock.solve.moving import told
from interlock_hooks.types import (
    BuildPlan,
    CondaSolution,
    EnvironmentRequest,
    Finding,
    LockedEnvironment,
    Resolution,
    SourceTree,
)

if TYPE_CHECKING:
    from interlock.core.layout import Layout
    from interlock.pipeline.beliefs import Earlier
    from interlock.pipeline.moving import Found
    from interlock.plugins.manager import Plugins
    from interlock.resolve.joint.search import Joint


@dataclass(frozen=True, slots=True)
class Answer:
    """A locked environment, with the warnings and notes that came up."""

    locked: LockedEnvironment
    findings: tuple[Finding, ...] = ()


def _with_earlier_exclusions(resolution: Resolution, previous: LockedEnvironment | None) -> Resolution:
    """The resolution with the versions that an earlier one passed over, as far as that still counts."""
    if previous is None:
        return resolution
    earlier = kept(previous.resolution, resolution)
    return replace(resolution, passed_over=(*resolution.passed_over, *earlier))


class Locker:
    """Solves an environment, with the metadata of dynamic sdists, and plans its builds."""

    def __init__(
        self, request: EnvironmentRequest, plugins: Plugins, layout: Layout, earlier: Earlier, group: str | None = None
    ) -> None:
        self.request = request
        self._plugins = plugins
        self._layout = layout
        self._earlier = earlier
        self._previous = earlier.previous
        self._group = group
        self._backends: dict[CondaSolution, Backends] = {}

    def solve(self) -> tuple[Joint, list[Finding]]:
        """Packages of both ecosystems that fit together, with notes about what was changed for that."""
        joint, conda = solve_moving(self._solve, self.request, self._earlier)
        notes = version_notes(joint, conda.pins(joint.first), conda.pins(joint.conda))
        moved = told(self.request, joint.conda, joint.resolution, conda.suppliers)
        return joint, [*notes, *joint.findings, *moved]

    def _solve(self, request: EnvironmentRequest, near: LockedEnvironment | None) -> Found:
        return solve_both(request, self._plugins, self.backends, previous=near)

    def answer(self, conda: CondaSolution, resolution: Resolution, notes: Sequence[Finding] = ()) -> Answer:
        """The complete answer for what was solved: checked, and with a plan for every build.

        Errors among the ``notes`` that came up while solving count like those that are found now.
        """
        resolution = _with_earlier_exclusions(resolution, self._previous)
        backends = self.backends(conda)
        sources: dict[str, SourceTree] = {
            package.name: backends.source(package) for package in resolution.packages if package.needs_build
        }
        context = PlanContext(request=self.request, resolution=resolution, conda=conda)
        checked = self._plugins.check_resolution(resolution, conda, self.request, sources)
        findings = [*checked, *listed_without_build(context)]
        stop_on_errors([*findings, *notes])
        tell_warnings(resolution, self._plugins)
        plans = self.plan(backends, resolution)
        locked = LockedEnvironment(
            name=self.request.name,
            platform=self.request.target,
            conda=conda,
            resolution=backends.recorded(resolution),
            plans=plans,
            group=self._group,
        )
        return Answer(locked, tuple(findings))

    def backends(self, conda: CondaSolution) -> Backends:
        """The backends of sdists on a conda solution; they keep what they learn while it is the same."""
        if conda not in self._backends:
            self._backends[conda] = Backends(self.request, conda, self._plugins, self._layout, self._earlier)
        return self._backends[conda]

    def plan(self, backends: Backends, resolution: Resolution) -> tuple[BuildPlan, ...]:
        """A plan for every package that has to be built."""
        packages = [package for package in resolution.packages if package.needs_build]
        if not packages:
            return ()
        # Imported here: most environments have nothing to build.
        from interlock.builds.run.jobs import available_jobs
        from interlock.engines.threads import in_threads

        where = place_of(self.request)
        with stage(self._plugins, "plan", where, target=where) as done:
            jobs = available_jobs(self.request.build)
            plans = tuple(in_threads(lambda package: backends.plan(package, resolution), packages, workers=jobs))
            done(tally(len(plans), "build", where))
        for plan in plans:
            tell_discovered(plan, self._previous.plan(plan.name) if self._previous else None, self._plugins)
        return plans
