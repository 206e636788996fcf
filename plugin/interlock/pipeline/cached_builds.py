"""With the network switched off: what the builds of a lock need and no cache has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.builds.run.environment import create_build_environment
from interlock.builds.run.layers import has_layer
from interlock.builds.sources.download import kept_at
from interlock.core.scratch import build_directory
from interlock.core.urls import redacted, scheme_of
from interlock.engines.git import has_all
from interlock.engines.python.distributions import site_packages_in
from interlock.pipeline.cached import absent_wheels
from interlock_hooks.types import BuildMode, InterlockError, Missing

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import Artifact, BuildPlan, BuiltWheel, Environment, PyPIPackage


def lacks_of_builds(environment: Environment, prefix: Callable[[], Path | None], plugins: Plugins) -> list[Missing]:
    """What is missing for the wheels of a lock that are not in the store: sources and build requirements.

    ``prefix`` gives one with the packages from conda, or ``None`` as long as these are missing. Then nobody can tell
    what the store has, nor what build requirements without a wheel lack.
    """
    plans = environment.locked.plans
    lacks = {plan.name: list(_lacks(plan, environment)) for plan in plans}
    # What uv would need to build those is not in the lock.
    doubtful = [
        plan for plan in plans if not lacks[plan.name] and any(each.needs_build for each in _tools(plan, plans))
    ]
    if not doubtful and not any(lacks.values()):
        return []
    place = prefix()
    stored = _stored(environment, place, plugins)
    lacks |= {
        plan.name: _lacks_of_sdists(plan, environment, place, plugins) for plan in doubtful if plan.name not in stored
    }
    return [lack for name, found in lacks.items() if name not in stored for lack in found]


def _stored(environment: Environment, prefix: Path | None, plugins: Plugins) -> dict[str, BuiltWheel]:
    """The wheels that the store has, each found with those that its build has to see."""
    found: dict[str, BuiltWheel] = {}
    if prefix is None:
        return found
    service = plugins.builds.using(environment.request.build.store)
    waiting = [plan for plan in environment.locked.plans if plan.prebuilt is None]
    while ready := [plan for plan in waiting if found.keys() >= set(plan.after)]:
        waiting = [plan for plan in waiting if plan not in ready]
        here = replace(environment, prefix=prefix, built=tuple(found.values()))
        wheels = (service.stored_wheel(plan, here) for plan in ready)
        found |= {wheel.name: wheel for wheel in wheels if wheel is not None}
    return found


def _lacks(plan: BuildPlan, environment: Environment) -> Iterator[Missing]:
    locked, package = environment.locked, plan.package
    if plan.prebuilt is not None:
        if not _is_here(plan.prebuilt.artifact):
            yield _source(package, plan.prebuilt.artifact)
        return
    if not _is_here(package.artifact):
        yield _source(package, package.artifact)
    site = site_packages_in(locked)
    if site is None or not has_layer(plan.overlay, site):
        yield from absent_wheels(_tools(plan, locked.plans), environment, plan.name)


def _tools(plan: BuildPlan, plans: Sequence[BuildPlan]) -> list[PyPIPackage]:
    """The build requirements of a plan that are not built for the environment themselves."""
    own = {each.name for each in plans}
    return [] if plan.prebuilt else [each for each in plan.overlay if each.name not in own]


def _lacks_of_sdists(plan: BuildPlan, environment: Environment, prefix: Path | None, plugins: Plugins) -> list[Missing]:
    """What uv lacks to build those requirements of a build that have no wheel.

    That shows when the build environment is made; what uv has built for it stays in its cache.
    """
    if prefix is None or plan.mode is BuildMode.NO_ISOLATION:
        return []
    with build_directory(plan.name) as work:
        try:
            create_build_environment(plan, replace(environment, prefix=prefix), work / "venv", plugins.event)
        except InterlockError as error:
            # Whatever else is wrong, the build itself will say.
            return list(error.findings[0].missing)
    return []


def _is_here(artifact: Artifact) -> bool:
    if artifact.kind == "git":
        return has_all(artifact.url.removeprefix("git+"), artifact.commit or "HEAD")
    return scheme_of(artifact.url) in (None, "file") or kept_at(artifact).is_file()


def _source(package: PyPIPackage, artifact: Artifact) -> Missing:
    place = f"{artifact.url}@{artifact.commit}" if artifact.commit else artifact.url
    return Missing(
        kind="repository" if artifact.kind == "git" else "wheel" if artifact.kind == "wheel" else "sdist",
        name=package.name,
        version=package.known_version,
        url=redacted(place),
    )
