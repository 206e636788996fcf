"""Building what a farm plans: everything that can be built is, whatever else fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from interlock.builds.run.errors import PostponedError
from interlock.builds.run.jobs import available_jobs, with_jobs
from interlock.builds.run.scheduler import run_tasks
from interlock.builds.store.named_prefix import names_prefix
from interlock.core.counting import counted
from interlock.pipeline.steps import logged_in_for, stage
from interlock.project.farm import findings
from interlock.project.farm.builds import Build, Member
from interlock.project.farm.sites import Site
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.project.farm.planning import Planned
    from interlock.project.opening import Project
    from interlock_hooks.types import BuiltWheel, Finding

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one wheel of one combination: the wheel, or why there is none."""

    member: Member
    wheel: BuiltWheel | None = None
    failure: tuple[Finding, ...] = ()


def build_farm(project: Project, planned: Sequence[Planned], builds: Sequence[Build]) -> list[Outcome]:
    """Build all wheels, or take them from the store, where those stay that are built.

    A failure stops only the builds that need what failed. Raises :class:`InterlockError` when builds wait for each
    other.
    """
    run = _Run(project, planned, builds)
    options = planned[0].request.build
    with stage(project.plugins, "builds", counted(len(builds), "build")) as done:
        try:
            run_tasks(builds, do=run.do, done=run.done, jobs=available_jobs(options))
        finally:
            run.close()
        made = [each.wheel for each in run.outcomes.values() if each.wheel]
        failed = len(run.outcomes) - len(made)
        done(f"{counted(len(made), 'wheel')}" + (f", {failed} failed" if failed else ""))
    return [run.outcomes[key] for key in sorted(run.outcomes)]


class _Run:
    """The state of a farm that is being built; only :meth:`do` is called by several threads."""

    def __init__(self, project: Project, planned: Sequence[Planned], builds: Sequence[Build]) -> None:
        self._project = project
        self._planned = planned
        self._names = {_key(member): build.name for build in builds for member in build.members}
        self._left = Counter(member.number for build in builds for member in build.members)
        self._sites = {number: self._site(planned[number]) for number in self._left}
        self.outcomes: dict[Key, Outcome] = {}

    def _site(self, planned: Planned) -> Site:
        assert planned.locked is not None  # noqa: S101 - only solved combinations have builds
        return Site(planned.locked, planned.request, self._project.plugins, self._project.layout)

    def do(self, build: Build, jobs: int) -> list[Outcome]:
        """What comes of the members of a build. After a failure the others would fail alike, and are not tried."""
        outcomes: list[Outcome] = []
        for member in build.members:
            if outcomes and outcomes[0].failure:
                outcomes.append(replace(outcomes[0], member=member))
                continue
            try:
                outcomes.append(self._built(member, jobs))
            except PostponedError as postponed:
                later = Member(member.number, replace(member.plan, after=postponed.task.after))
                raise PostponedError(self._later(build, member, later)) from postponed
        return outcomes

    def _built(self, member: Member, jobs: int) -> Outcome:
        failed = [name for name in member.plan.after if self._failed((member.number, name))]
        if failed:
            return Outcome(member, failure=(findings.waits_for_failed(str(member.plan.package), failed),))
        site = self._sites[member.number]
        planned = self._planned[member.number]
        try:
            with logged_in_for(planned.request), self._project.plugins.building_for(str(planned.combination)):
                wheel = site.build(with_jobs(member.plan, jobs))
        except InterlockError as error:
            return Outcome(member, failure=error.findings)
        return Outcome(member, wheel)

    def _later(self, build: Build, member: Member, later: Member) -> Build:
        names = [self._names[later.number, name] for name in later.plan.after if (later.number, name) in self._names]
        members = tuple(later if each is member else each for each in build.members)
        return replace(build, members=members, after=tuple(sorted({*build.after, *names} - {build.name})))

    def _failed(self, key: Key) -> bool:
        return key in self.outcomes and bool(self.outcomes[key].failure)

    def done(self, _build: Build, outcomes: Sequence[Outcome]) -> None:
        """Accept the wheels of a build."""
        for outcome in outcomes:
            number = outcome.member.number
            self.outcomes[_key(outcome.member)] = self._accepted(outcome)
            self._left[number] -= 1
            if not self._left[number]:
                self._sites[number].close()

    def _accepted(self, outcome: Outcome) -> Outcome:
        member, wheel = outcome.member, outcome.wheel
        if wheel is None:
            return outcome
        site = self._sites[member.number]
        try:
            site.accept(member.plan, wheel)
        except InterlockError as error:
            return Outcome(member, failure=error.findings)
        if site.prefix is not None and names_prefix(wheel.path, site.prefix):
            return Outcome(member, failure=(findings.works_here_only(str(member.plan.package)),))
        return outcome

    def close(self) -> None:
        """Remove the places that are left."""
        for site in self._sites.values():
            site.close()


def _key(member: Member) -> Key:
    return member.number, member.plan.name
