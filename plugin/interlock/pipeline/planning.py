"""A plan for every package that has to be built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.findings import not_cached
from interlock.pipeline.steps import place_of, stage, tally, tell_discovered
from interlock_hooks.types import (
    BuildMode,
    BuildPlan,
    EnvironmentRequest,
    InterlockError,
    LockedEnvironment,
    Missing,
    Resolution,
)

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock.pipeline.backends import Backends
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import PrebuiltWheel, PyPIPackage


def plan_builds(
    backends: Backends,
    resolution: Resolution,
    prebuilt: Mapping[NormalizedName, PrebuiltWheel | None],
    request: EnvironmentRequest,
    previous: LockedEnvironment | None,
    plugins: Plugins,
) -> tuple[BuildPlan, ...]:
    """The plans of a resolution, with the ``prebuilt`` wheels that take the place of builds if they pass the audit.

    What was discovered since the ``previous`` answer is told. Raises as :meth:`Backends.plan`.
    """
    packages = [package for package in resolution.packages if package.needs_build]
    if not packages:
        return ()
    # Imported here: most environments have nothing to build.
    from interlock.builds.run.jobs import available_jobs
    from interlock.engines.threads import in_threads

    def plan(package: PyPIPackage) -> BuildPlan:
        wheel = prebuilt.get(package.name)
        if wheel is not None and request.build.only_prebuilt:
            # It needs no build environment.
            return BuildPlan(package=package, mode=BuildMode.ISOLATED, prebuilt=wheel, only_prebuilt=True)
        return replace(backends.plan(package, resolution), prebuilt=wheel)

    lacks: list[Missing] = []

    def planned(package: PyPIPackage) -> BuildPlan | None:
        try:
            return plan(package)
        except InterlockError as error:
            if not error.findings[0].missing:
                raise
            # Those of all packages are told at once.
            lacks.extend(error.findings[0].missing)
            return None

    where = place_of(request)
    with stage(plugins, "plan", where, target=where) as done:
        found = in_threads(planned, packages, workers=available_jobs(request.build))
        if lacks:
            raise InterlockError(not_cached(sorted(lacks, key=str)))
        plans = tuple(each for each in found if each is not None)
        done(tally(len(plans), "build", where))
    for each in plans:
        tell_discovered(each, previous.plan(each.name) if previous else None, plugins)
    return plans
