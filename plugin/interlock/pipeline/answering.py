"""The answer for one environment: solved, checked, and with a plan for every build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from interlock.builds.plan.rules import PlanContext, listed_without_build
from interlock.pipeline.backends import Backends
from interlock.pipeline.moving import solve_moving
from interlock.pipeline.planning import plan_builds
from interlock.pipeline.solving import solve_both
from interlock.pipeline.steps import stop_on_errors, tell_warnings
from interlock.resolve.exclusions import kept
from interlock.resolve.joint.joint_notes import version_notes
from interlock.solve.from_pypi import from_pypi_findings
from interlock_hooks.types import (
    CondaSolution,
    EnvironmentRequest,
    Finding,
    LockedEnvironment,
    Metadata,
    Resolution,
    SourceTree,
)

if TYPE_CHECKING:
    from interlock.core.layout import Layout
    from interlock.pipeline.beliefs import Earlier
    from interlock.pipeline.moving import Found
    from interlock.pipeline.prebuilt import PrebuiltWheels
    from interlock.plugins.manager import Plugins
    from interlock.resolve.joint.search import Joint
    from interlock_hooks.types import PyPIPackage


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
        self._prebuilt: dict[CondaSolution, PrebuiltWheels] = {}

    def solve(self) -> tuple[Joint, list[Finding]]:
        """Packages of both ecosystems that fit together, with notes about what was changed for that."""
        joint, conda = solve_moving(self._solve, self.request, self._earlier)
        notes = version_notes(joint, conda.pins(joint.first), conda.pins(joint.conda))
        more = from_pypi_findings(self.request, joint.conda, joint.resolution, conda.suppliers)
        return joint, [*notes, *joint.findings, *more]

    def _solve(self, request: EnvironmentRequest, near: LockedEnvironment | None) -> Found:
        return solve_both(request, self._plugins, self.backends, previous=near)

    def answer(self, conda: CondaSolution, resolution: Resolution, notes: Sequence[Finding] = ()) -> Answer:
        """The complete answer for what was solved: checked, and with a plan for every build.

        Errors among the ``notes`` that came up while solving count like those that are found now.
        """
        resolution = _with_earlier_exclusions(resolution, self._previous)
        backends = self.backends(conda)
        to_build = [package for package in resolution.packages if package.needs_build]
        wheels = {
            package.name: self._prebuilt_of(conda).choose(package, resolution)
            for package in to_build
            if self._has_sources(package)
        }
        # What nobody is going to build need not fit the compilers.
        sources: dict[str, SourceTree] = {
            package.name: backends.source(package) for package in to_build if wheels.get(package.name) is None
        }
        context = PlanContext(request=self.request, resolution=resolution, conda=conda)
        checked = self._plugins.check_resolution(resolution, conda, self.request, sources)
        findings = [*checked, *listed_without_build(context)]
        stop_on_errors([*findings, *notes])
        tell_warnings(resolution, self._plugins)
        plans = plan_builds(backends, resolution, wheels, self.request, self._previous, self._plugins)
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
            self._backends[conda] = Backends(
                self.request,
                conda,
                self._plugins,
                self._layout,
                self._earlier,
                lambda package, resolution: self._of_prebuilt(conda, package, resolution),
            )
        return self._backends[conda]

    def _has_sources(self, package: PyPIPackage) -> bool:
        return bool(self.request.build.package(package.name).prebuilt)

    def _of_prebuilt(self, conda: CondaSolution, package: PyPIPackage, resolution: Resolution) -> Metadata | None:
        """What a prebuilt wheel says of a package."""
        return self._prebuilt_of(conda).metadata(package, resolution) if self._has_sources(package) else None

    def _prebuilt_of(self, conda: CondaSolution) -> PrebuiltWheels:
        """The prebuilt wheels for sdists on a conda solution."""
        if conda not in self._prebuilt:
            # Imported here: hardly any package has wheels elsewhere.
            from interlock.pipeline.prebuilt import PrebuiltWheels

            self._prebuilt[conda] = PrebuiltWheels(self.request, conda, self._plugins.event)
        return self._prebuilt[conda]
