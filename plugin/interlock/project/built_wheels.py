"""The wheels that the last install of an environment has built here and that work elsewhere as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.builds.publishing import findings
from interlock.builds.store.links import refers_to
from interlock.builds.store.named_prefix import names_prefix
from interlock.install.reported import reported_builds
from interlock.project.locking import locked_now
from interlock.project.opening import usable_prefix
from interlock.project.platforms import platform_here
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.install.reported import ReportedBuild
    from interlock.project.opening import Project
    from interlock_hooks.types import BuildPlan, EnvironmentRequest, Finding, LockedEnvironment


@dataclass(frozen=True, slots=True)
class BuiltWheels:
    """The wheels with their plans, at least one, and what others should know: why some are left out, for example."""

    request: EnvironmentRequest
    locked: LockedEnvironment
    prefix: Path
    wheels: tuple[tuple[BuildPlan, Path], ...]
    findings: tuple[Finding, ...]


def built_wheels(project: Project, name: str, only: Sequence[str]) -> BuiltWheels:
    """The built wheels of an environment, of the packages ``only`` if any are named.

    Raises :class:`InterlockError`: IL692 when the environment is not installed, IL674 when it has no such wheel or
    builds not all of ``only``.
    """
    prefix = usable_prefix(project, name)
    request = project.workspace.request(name, platform_here(project, name))
    locked = locked_now(project, request)
    wanted = dict.fromkeys(map(canonicalize_name, only))
    plans = [plan for plan in locked.plans if not wanted or plan.name in wanted] if locked else []
    missing = [each for each in wanted if all(plan.name != each for plan in plans)]
    if locked is None or missing or not plans:
        raise InterlockError(findings.nothing_built(name, missing))
    reported = reported_builds(prefix)
    found: list[tuple[BuildPlan, Path]] = []
    told: list[Finding] = []
    for plan in plans:
        why = _reason_against(plan, reported.get(plan.name), prefix)
        if why is not None:
            told.append(findings.left_out(str(plan.package), why))
            continue
        wheel = Path(str(reported[plan.name].wheel))
        found.append((plan, wheel))
        if names_prefix(wheel, prefix):
            told.append(findings.names_environment(str(plan.package), prefix))
    if not found:
        raise InterlockError(findings.nothing_built(name), *told)
    return BuiltWheels(request, locked, prefix, tuple(found), tuple(told))


def _reason_against(plan: BuildPlan, done: ReportedBuild | None, prefix: Path) -> str | None:
    """Why the wheel of a plan is of no use to others, if it is not."""
    if plan.package.artifact.editable:
        return "it is editable, a link to a directory of this machine"
    if done is None or done.wheel is None:
        return "it was not built by the last install of the environment"
    if done.prebuilt:
        return "somebody else has built it"
    if not Path(done.wheel).is_file():
        return "its wheel is no longer in the cache; install the environment again after `interlock env clean`"
    if refers_to(Path(done.wheel), prefix):
        return "it looks for libraries in the folder of this very environment"
    return None
