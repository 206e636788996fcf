"""Steps that locking and installing share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.activity import telling
from interlock.core.counting import counted
from interlock.engines.logins import logged_in
from interlock.manifest.named_places import texts_of
from interlock.resolve.consent import check_consent
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
    PyPIRequest,
    Resolution,
    Severity,
    Stage,
    StageFinished,
    StageProgress,
    StageStarted,
)

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.discovery.replanning import Needed, Result
    from interlock.builds.plan.planner import Planner
    from interlock.core.layout import Layout
    from interlock.plugins.manager import Plugins


def discovering(
    plan: BuildPlan,
    environment: Environment,
    planner: Callable[[], Planner],
    plugins: Plugins,
    attempt: Callable[[BuildPlan, Environment], Result],
    *,
    needed: Needed,
    frozen: bool = False,
) -> tuple[Result, BuildPlan]:
    """Run a build or metadata call; where it fails for lack of a module, plan it again with what brings that.

    Each attempt sees the wheels of other builds that its plan has ``needed``: what is learned can be one of them. With
    ``frozen`` a plan stays as it is, and nothing is resolved. ``planner`` is only called where something is planned.
    """
    # What works on builds is imported by the functions that do: most environments have none.
    from interlock.builds.discovery.module_owners import ModuleFinder
    from interlock.builds.discovery.replanning import build_with_discovery

    resolution = environment.locked.resolution

    def replan(failed: BuildPlan, learned: Sequence[BuildRequirement]) -> BuildPlan:
        better = planner().plan(failed.package, resolution, learned=learned, previous=failed)
        # The share of the machine that the scheduler gave to this build stays.
        return replace(better, variables=tuple(sorted({**dict(failed.variables), **dict(better.variables)}.items())))

    return build_with_discovery(
        plan,
        needed=needed,
        attempt=lambda plan, wheels: attempt(plan, replace(environment, built=wheels)),
        replan=None if frozen else replan,
        provider=ModuleFinder(resolution, prefix=environment.prefix, root=environment.root),
        mode=environment.request.build.discovery,
        emit=plugins.event,
    )


def tell_warnings(resolution: Resolution, plugins: Plugins) -> None:
    """Tell what there is to warn of in a resolution that is used; others are only steps on the way to it."""
    for finding in resolution.warnings:
        plugins.event(FindingReported(finding=finding))


def make_planner(request: EnvironmentRequest, conda: CondaSolution, plugins: Plugins) -> Planner:
    """A planner that asks the plugins for requirements and variables."""
    from interlock.builds.plan.planner import Planner
    from interlock.manifest.build_system import declared_requirements
    from interlock.pipeline.extras import WithExtras
    from interlock.pipeline.pypi_request import verifying
    from interlock.resolve.consent import Consenting
    from interlock.resolve.uv.errors import NoResolutionError

    with_extras = WithExtras(verifying(Consenting(plugins.pypi_resolve, request.build)), conda)

    def resolve(asked: PyPIRequest) -> Resolution:
        try:
            resolution = with_extras(asked)
        except NoResolutionError as refusal:
            # What only sdists can meet that may not run: that is what has to be mended.
            raise (refusal.unusable or refusal) from refusal
        tell_warnings(resolution, plugins)
        return resolution

    return Planner(
        request,
        conda,
        resolve=resolve,
        requirements=lambda package, resolution: plugins.build_requirements(package, resolution, request),
        variables=lambda package, resolution, source: plugins.build_variables(
            package, resolution, request, conda, source
        ),
        declared=declared_requirements,
        emit=plugins.event,
        seen=plugins.builds.looks,
    )


def logged_in_for(*requests: EnvironmentRequest) -> AbstractContextManager[None]:
    """Within it, indexes and repositories of requests are asked with the credentials that belong to them.

    Where several have some for a place, those of the first one count.
    """
    indexes = [index for each in requests for index in each.pypi.indexes]
    return logged_in(indexes, [text for each in requests for text in texts_of(each)])


def require_consent(locked: LockedEnvironment, request: EnvironmentRequest) -> None:
    """Raise :class:`InterlockError` (IL322) if a lock builds what the manifest does not allow to run its code."""
    check_consent(locked, request.build, request.requirements)


def make_environment(
    locked: LockedEnvironment,
    request: EnvironmentRequest,
    layout: Layout,
    *,
    prefix: Path,
    built: tuple[BuiltWheel, ...] = (),
) -> Environment:
    """The environment of a lock as the hooks see it, in the prefix that is given."""
    return Environment(locked=locked, request=request, prefix=prefix, logs=layout.logs, built=built)


def tell_discovered(plan: BuildPlan, before: BuildPlan | None, plugins: Plugins) -> None:
    """Send a note about what was discovered for a build, unless the plan before it knew that already."""
    from interlock.builds.discovery.replanning import discovery_note

    if before is not None and _discovered(plan) == _discovered(before):
        return
    note = discovery_note(plan)
    if note is not None:
        plugins.event(FindingReported(finding=note))


def _discovered(plan: BuildPlan) -> set[str]:
    return {entry.requirement for entry in plan.requirements if entry.is_discovered}


def stop_on_errors(findings: Sequence[Finding]) -> None:
    """Raise :class:`InterlockError` if there is an error among the findings, errors first."""
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise InterlockError(*sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR))


def place_of(request: EnvironmentRequest) -> str:
    """An environment and its platform, as people read them: ``default on linux-64``."""
    return f"{request.name} on {request.target}"


def tally(number: int, noun: str, where: str) -> str:
    """What a stage found for a place: ``22 packages for default on linux-64``."""
    return f"{counted(number, noun)} for {where}"


@contextmanager
def stage(plugins: Plugins, stage: Stage, detail: str, *, target: str = "") -> Iterator[Callable[[str], None]]:
    """Tell the listeners that a stage begins, what engines do in it and, with what the block says, that it ended well.

    ``target`` is what it is for, if the same stage can run for something else at the same time.
    """
    result = ""

    def done(text: str) -> None:
        nonlocal result
        result = text

    started = time.monotonic()
    plugins.event(StageStarted(stage=stage, detail=detail, target=target))
    with telling(lambda what: plugins.event(StageProgress(stage=stage, done=0, item=what, target=target))):
        yield done
    seconds = time.monotonic() - started
    plugins.event(StageFinished(stage=stage, detail=result, seconds=seconds, target=target))
