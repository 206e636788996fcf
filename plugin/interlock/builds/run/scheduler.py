"""Running builds: in dependency order, side by side, within one budget of processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from interlock.builds.run.errors import PostponedError
from interlock.builds.run.findings import circular, not_started
from interlock.builds.run.jobs import with_jobs
from interlock.engines.work import Work, current
from interlock_hooks.types import BuildPlan, BuiltWheel, Finding, InterlockError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

_POLL = 0.05

Build = Callable[[BuildPlan], BuiltWheel]
Install = Callable[[BuildPlan, BuiltWheel], None]


def run_builds(plans: Sequence[BuildPlan], *, build: Build, install: Install, jobs: int) -> list[BuiltWheel]:
    """Build all plans and return their wheels in the order in which they were finished.

    ``build`` runs in threads, with the plan's share of ``jobs`` in its variables. ``install`` is called here, one wheel
    at a time, before anything starts that comes after it. After a failure nothing new is started and what runs is
    finished. Raises :class:`InterlockError` with the findings of every build that failed, and IL460 for those that were
    not started; IL461 when plans wait for each other. :class:`KeyboardInterrupt` ends all running programs first.

    ``build`` raises :class:`PostponedError` for a plan that turns out to come after others; it is built after them.
    """
    run = _Run(list(plans), jobs)
    _require_order(plans)
    with ThreadPoolExecutor(max(1, min(jobs, len(plans)))) as pool:
        try:
            run.start(pool, build)
            while run.running:
                # In steps, so that an interrupt is seen at once on every platform.
                done, _ = wait(run.running, timeout=_POLL, return_when=FIRST_COMPLETED)
                for future in done:
                    run.finish(future, install)
                run.start(pool, build)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            run.work.stop()
            raise
    if run.findings:
        raise InterlockError(*run.findings, *run.skipped())
    return run.wheels


@dataclass(slots=True)
class _Run:
    waiting: list[BuildPlan]
    jobs: int
    work: Work = field(default_factory=lambda: Work(current()))
    running: dict[Future[BuiltWheel], BuildPlan] = field(default_factory=dict)
    wheels: list[BuiltWheel] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def start(self, pool: ThreadPoolExecutor, build: Build) -> None:
        """Start what is ready, as far as the budget reaches and nothing has failed."""
        if self.findings:
            return
        unfinished = {plan.name for plan in (*self.waiting, *self.running.values())}
        ready = [plan for plan in self.waiting if not unfinished.intersection(plan.after)]
        share = max(1, self.jobs // max(1, len(self.running) + len(ready)))
        for plan in ready[: max(0, self.jobs - len(self.running))]:
            self.waiting.remove(plan)
            self.running[pool.submit(self.work.within(build), with_jobs(plan, share))] = plan

    def finish(self, future: Future[BuiltWheel], install: Install) -> None:
        """Take a build's result: install its wheel, or note why there is none."""
        plan = self.running.pop(future)
        try:
            wheel = future.result()
            install(plan, wheel)
        except PostponedError as postponed:
            self._postpone(postponed.plan)
        except InterlockError as error:
            self.findings += error.findings
        else:
            self.wheels.append(wheel)

    def _postpone(self, plan: BuildPlan) -> None:
        self.waiting.append(plan)
        try:
            _require_order([*self.waiting, *self.running.values()])
        except InterlockError as error:
            self.findings += error.findings

    def skipped(self) -> list[Finding]:
        """A note about what was not started."""
        return [not_started(self.waiting)] if self.waiting else []


def _require_order(plans: Sequence[BuildPlan]) -> None:
    left: dict[NormalizedName, BuildPlan] = {plan.name: plan for plan in plans}
    while left:
        ready = [name for name, plan in left.items() if not left.keys() & set(plan.after)]
        if not ready:
            raise InterlockError(circular({name: plan.after for name, plan in left.items()}))
        for name in ready:
            del left[name]
