"""Build backends while locking: complete plans, and what they say where nothing else is believed.

No environment exists yet. A prefix in the cache, linked from the solved records, takes its place, and sdists that other
builds need are built ahead, into the store, where the install finds them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName

from interlock.builds.plan.rules import wheels_needed
from interlock.builds.run.errors import BackendFailedError, BuildFailedError
from interlock.builds.run.jobs import available_jobs, with_jobs
from interlock.core.platforms import current_platform
from interlock.pipeline.beliefs import Beliefs, Earlier, Offered
from interlock.pipeline.findings import circular_build, requirements_unknown
from interlock.pipeline.metadata_origins import with_origins
from interlock.pipeline.steps import discovering, make_environment, make_planner
from interlock_hooks.types import (
    BuildPlan,
    BuiltWheel,
    CondaSolution,
    Environment,
    EnvironmentRequest,
    FindingReported,
    InterlockError,
    LockedEnvironment,
    Metadata,
    PyPIPackage,
    Resolution,
    SourceTree,
)

if TYPE_CHECKING:
    from interlock.builds.discovery.replanning import Needed, Result
    from interlock.builds.plan.planner import Planner
    from interlock.builds.service import BuildService
    from interlock.core.layout import Layout
    from interlock.plugins.manager import Plugins

Chain = tuple[NormalizedName, ...]


class Backends:
    """The backends of one environment's sdists; ``offered`` says what prebuilt wheels tell of them."""

    def __init__(
        self,
        request: EnvironmentRequest,
        conda: CondaSolution,
        plugins: Plugins,
        layout: Layout,
        earlier: Earlier,
        offered: Offered,
    ) -> None:
        self._request = request
        self._conda = conda
        self._plugins = plugins
        self._layout = layout
        self._earlier = earlier
        self._foreign = request.platform != current_platform()
        self._tried: dict[str, BuildPlan] = {}
        self._beliefs = Beliefs(request, lambda: self._planner, self._ask, earlier, offered=offered, emit=plugins.event)
        self._one_at_a_time = threading.RLock()

    @cached_property
    def _planner(self) -> Planner:
        return make_planner(self._request, self._conda, self._plugins)

    @property
    def _service(self) -> BuildService:
        return self._plugins.builds.using(self._request.build.store)

    def source(self, package: PyPIPackage) -> SourceTree:
        """What the source of a package consists of."""
        return self._planner.source(package)

    def plan(self, package: PyPIPackage, resolution: Resolution, *, ahead: Chain = ()) -> BuildPlan:
        """The plan of a package's build, with everything that its backend asks for when it is called.

        The backend is called where its source does not prove what that is.
        ``ahead`` are the packages whose builds wait for this one; several threads may plan at once. A backend that
        fails is a warning (IL425): the machine that locks may lack what the one that installs has. Raises
        :class:`InterlockError` as planning and making build environments do.
        """
        plan = self._plan(package, resolution)
        why = self._planner.why_to_ask(plan, resolution)
        if why is None or self._foreign or _was_read(package, resolution):
            return plan
        try:
            _, plan = self._discovering(
                plan,
                resolution,
                partial(self._service.require_planned, why=why),
                needed=self._wheels(resolution, ahead),
            )
        except BackendFailedError as error:
            self._plugins.event(FindingReported(finding=requirements_unknown(package, error.findings[0])))
            return plan
        self._tried[package.name] = plan
        return plan

    def metadata(self, package: PyPIPackage, resolution: Resolution) -> Metadata:
        """The metadata of a package in a resolution; raises as :meth:`Beliefs.metadata`."""
        return self._beliefs.metadata(package, resolution)

    def doubted(self, package: PyPIPackage, resolution: Resolution) -> bool:
        """Whether a build has refuted what the files of an index state of a package."""
        return self._beliefs.doubted(package, resolution)

    def recorded(self, resolution: Resolution) -> Resolution:
        """The resolution as the lock records it, with the origins of its metadata."""
        return with_origins(resolution, self._request, self._planner.states_requirements)

    def _ask(self, package: PyPIPackage, resolution: Resolution, why: str) -> Metadata:
        """What the backend says of a package in the build environment that this resolution plans for it.

        ``why`` nothing else is believed is told if it runs. Raises :class:`BuildFailedError` when the backend fails,
        else :class:`InterlockError`.
        """
        plan = self._plan(package, resolution)
        wheels = self._wheels(resolution, ())

        def needed(plan: BuildPlan) -> tuple[BuiltWheel, ...]:
            try:
                return wheels(plan)
            except BuildFailedError as error:
                # Another package cannot be built, which does not make this one unusable.
                raise InterlockError(*error.findings) from error

        attempt = partial(self._service.produce_metadata, why=why)
        metadata, plan = self._discovering(plan, resolution, attempt, needed=needed)
        self._tried[package.name] = plan
        return metadata

    def _plan(self, package: PyPIPackage, resolution: Resolution) -> BuildPlan:
        tried = self._tried.get(package.name) or (self._plan_of_sibling(package) if self._foreign else None)
        known = _for_source(tried, package).requirements if tried else ()
        learned = tuple(entry for entry in known if entry.is_learned)
        answer = self._earlier.near
        before = answer.plan(package.name) if answer else None
        previous = _for_source(before, package) if before else None
        return self._planner.plan(package, resolution, learned=learned, previous=previous)

    def _discovering(
        self,
        plan: BuildPlan,
        resolution: Resolution,
        attempt: Callable[[BuildPlan, Environment], Result],
        *,
        needed: Needed,
    ) -> tuple[Result, BuildPlan]:
        environment = self._environment(resolution)
        with self._plugins.builds.turns.of(self):
            return discovering(plan, environment, lambda: self._planner, self._plugins, attempt, needed=needed)

    def _environment(self, resolution: Resolution) -> Environment:
        # Imported here: only builds need an interpreter while locking.
        from interlock.engines.rattler.cached_prefix import linked_prefix

        locked = LockedEnvironment(
            name=self._request.name, platform=self._request.target, conda=self._conda, resolution=resolution
        )
        return make_environment(locked, self._request, self._layout, prefix=linked_prefix(self._conda.records))

    def _wheels(self, resolution: Resolution, ahead: Chain) -> Needed:
        """Gives the wheels of the resolution that a plan has to see; ``ahead`` are the builds that wait for it."""
        return lambda plan: tuple(
            self._wheel(name, resolution, (*ahead, plan.name)) for name in wheels_needed(plan, resolution)
        )

    def _wheel(self, name: NormalizedName, resolution: Resolution, ahead: Chain) -> BuiltWheel:
        """The wheel of an sdist of the resolution that the build of another one has to see, built if need be."""
        package = resolution.get(name)
        assert package is not None  # noqa: S101 - plans name packages of their resolution
        if name in ahead:
            raise InterlockError(circular_build((*ahead[ahead.index(name) :], name)))
        # Two builds may need the same wheel: the second one then finds it in the store.
        with self._one_at_a_time:
            plan = self.plan(package, resolution, ahead=ahead)
            wheel, plan = self._discovering(
                with_jobs(plan, available_jobs(self._request.build)),
                resolution,
                self._plugins.build_wheel,
                needed=self._wheels(resolution, ahead),
            )
        self._tried[name] = plan
        return wheel

    def _plan_of_sibling(self, package: PyPIPackage) -> BuildPlan | None:
        plans = (sibling.plan(package.name) for sibling in self._earlier.siblings())
        return next((plan for plan in plans if plan is not None), None)


def _was_read(package: PyPIPackage, resolution: Resolution) -> bool:
    """Whether the metadata of a package was found without its backend, which therefore has not been run."""
    known = resolution.metadata_of(package)
    return known is not None and known.is_learned and known.origin != "backend"


def _for_source(plan: BuildPlan, package: PyPIPackage) -> BuildPlan:
    """An earlier plan, without what the backend of another source asked for: that says nothing of this one."""
    if plan.package.artifact == package.artifact:
        return plan
    return replace(plan, requirements=tuple(entry for entry in plan.requirements if entry.origin != "get-requires"))
