"""Wheels that were built for an environment, published for others: an index that installers and ``prebuilt`` read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.builds.prebuilt.target import target_of
from interlock.builds.publishing import findings
from interlock.builds.publishing.index import Added, add_wheels
from interlock.builds.publishing.labels import label_of
from interlock.builds.publishing.relabeling import relabeled
from interlock.builds.store.links import refers_to
from interlock.builds.store.storage import open_storage
from interlock.core.activity import doing
from interlock.core.scratch import temporary_directory
from interlock.install.reported import reported_builds
from interlock.project.locking import locked_now
from interlock.project.opening import usable_prefix
from interlock.project.platforms import platform_here
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.install.reported import ReportedBuild
    from interlock.project.opening import Project
    from interlock_hooks.types import BuildPlan, Finding, LockedEnvironment


@dataclass(frozen=True, slots=True)
class Publication:
    """What is in the index at ``place`` now, of the wheels that were to be published."""

    place: str
    wheels: tuple[Added, ...]
    findings: tuple[Finding, ...] = ()


def publish(project: Project, name: str, place: str, only: Sequence[str] = ()) -> Publication:
    """Publish the wheels that were built for an environment, of the packages ``only`` if any are named.

    ``place`` is a directory or a URL that fsspec knows. Raises :class:`InterlockError`: IL692 when the environment is
    not installed, IL674 when it has no such wheel, IL677 when the place cannot be written.
    """
    prefix = usable_prefix(project, name)
    locked = locked_now(project, project.workspace.request(name, platform_here(project, name)))
    wanted = {canonicalize_name(each) for each in only}
    plans = [plan for plan in locked.plans if not wanted or plan.name in wanted] if locked else []
    if locked is None or not plans:
        raise InterlockError(findings.nothing_built(name))
    reported = reported_builds(prefix)
    told: list[Finding] = []
    with temporary_directory() as folder:
        wheels = list(_labeled(plans, locked, reported, prefix, folder, told))
        if not wheels:
            raise InterlockError(findings.nothing_built(name), *told)
        doing(f"publishing {', '.join(wheel.name for wheel in wheels)}")
        try:
            added = add_wheels(open_storage(place), wheels)
        except Exception as error:  # Every file system raises exceptions of its own.
            raise InterlockError(findings.not_published(place, f"{type(error).__name__}: {error}")) from error
    replacing = (each for each in added if each.kept not in (None, each.sha256))
    told += (findings.other_content(each.wheel.name, each.sha256, str(each.kept)) for each in replacing)
    return Publication(place, tuple(added), tuple(told))


def _labeled(
    plans: Sequence[BuildPlan],
    locked: LockedEnvironment,
    reported: dict[str, ReportedBuild],
    prefix: Path,
    folder: Path,
    told: list[Finding],
) -> Iterator[Path]:
    """The wheels of plans with what they were built against in their version; ``told`` gets why others are left out."""
    target = target_of(locked.resolution, locked.conda)
    for plan in plans:
        why = _reason_against(plan, reported.get(plan.name), prefix)
        if why is not None:
            told.append(findings.left_out(str(plan.package), why))
            continue
        wheel = Path(str(reported[plan.name].wheel))
        yield relabeled(wheel, label_of(plan.imports or (), target), folder)


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
