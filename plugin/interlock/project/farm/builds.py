"""The builds of a farm: plans of several combinations that give one wheel are one build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from interlock.builds.store.identity import likeness
from interlock.builds.store.store import default_store
from interlock.engines.rattler.cached_prefix import is_linked, place_of
from interlock.pipeline.steps import make_environment
from interlock_hooks.types import BuildMode

if TYPE_CHECKING:
    from interlock.project.farm.planning import Planned
    from interlock.project.opening import Project
    from interlock_hooks.types import BuildPlan, Environment


@dataclass(frozen=True, slots=True)
class Member:
    """The plan of one wheel of one combination, which is the one with this number."""

    number: int
    plan: BuildPlan


@dataclass(frozen=True, slots=True)
class Build:
    """Plans that very probably give the same wheel: the first one is built, and the others find it in the store.

    If they do not, they are built as well. ``after`` names the builds that come first.
    """

    name: str
    members: tuple[Member, ...]
    after: tuple[str, ...] = ()

    @property
    def first(self) -> BuildPlan:
        """The plan that is built."""
        return self.members[0].plan


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of a build before it runs: whether the store has its wheel, and how long such builds took."""

    build: Build
    stored: bool
    seconds: float | None


def builds_of(project: Project, planned: Sequence[Planned]) -> list[Build]:
    """All builds of a farm, in the order of the combinations."""
    groups: dict[str, list[Member]] = {}
    of_member: dict[tuple[int, str], str] = {}
    for number, each in enumerate(planned):
        for plan in each.locked.plans if each.locked else ():
            likely = likeness(plan, environment_of(project, each))
            groups.setdefault(likely, []).append(Member(number, plan))
            of_member[number, plan.name] = likely
    names = {
        likely: " for ".join(filter(None, (members[0].plan.name, str(planned[members[0].number].combination))))
        for likely, members in groups.items()
    }
    return [
        Build(names[likely], tuple(members), tuple(sorted(names[each] for each in _before(members, of_member))))
        for likely, members in groups.items()
    ]


def _before(members: Sequence[Member], of_member: dict[tuple[int, str], str]) -> set[str]:
    first = {(member.number, name) for member in members for name in member.plan.after}
    return {of_member[each] for each in first if each in of_member}


def expected(project: Project, planned: Sequence[Planned], builds: Sequence[Build]) -> list[Expected]:
    """What can be said of builds before they run; nothing is linked or fetched for it.

    What the store has shows only where the conda packages of a combination were linked before, and not for builds that
    see other built wheels or the whole environment.
    """
    took: dict[str, list[float]] = {}
    for stored in default_store().entries({build.first.name for build in builds}):
        if stored.wheel is not None:
            took.setdefault(stored.entry.name, []).append(stored.entry.seconds)
    return [
        Expected(
            build,
            _is_stored(project, planned[build.members[0].number], build.first),
            median(took[build.first.name]) if build.first.name in took else None,
        )
        for build in builds
    ]


def _is_stored(project: Project, planned: Planned, plan: BuildPlan) -> bool:
    environment = environment_of(project, planned)
    if plan.mode is BuildMode.NO_ISOLATION or plan.after or not is_linked(environment.prefix):
        return False
    return project.plugins.builds.using(planned.request.build.store).known(plan, environment) is not None


def environment_of(project: Project, planned: Planned) -> Environment:
    """The environment of a combination that has a solution, over the prefix in the cache that holds its conda part."""
    assert planned.locked is not None  # noqa: S101 - only solved combinations have plans
    prefix = place_of(planned.locked.conda.records)
    return make_environment(planned.locked, planned.request, project.layout, prefix=prefix)
