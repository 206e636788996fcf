"""Running builds: in dependency order, side by side, within one budget of processes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, Protocol, TypeVar

from interlock.builds.run.errors import PostponedError
from interlock.builds.run.findings import circular, not_started
from interlock.builds.run.jobs import with_jobs
from interlock.engines.work import Work, current
from interlock_hooks.types import BuildPlan, BuiltWheel, Finding, InterlockError

_POLL = 0.05

Build = Callable[[BuildPlan], BuiltWheel]
Install = Callable[[BuildPlan, BuiltWheel], None]


class Task(Protocol):
    """Something to do, once the tasks that are named in ``after`` are done; other names there do not count."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def after(self) -> Collection[str]: ...  # noqa: D102


_Task = TypeVar("_Task", bound=Task)
_Result = TypeVar("_Result")


def run_builds(plans: Sequence[BuildPlan], *, build: Build, install: Install, jobs: int) -> list[BuiltWheel]:
    """Build all plans and return their wheels in the order in which they were finished.

    ``build`` runs in threads, with the plan's share of ``jobs`` in its variables. ``install`` is called here, one wheel
    at a time, before anything starts that comes after it. After a failure nothing new is started and what runs is
    finished. Raises :class:`InterlockError` with the findings of every build that failed, and IL460 for those that were
    not started; IL461 when plans wait for each other. :class:`KeyboardInterrupt` ends all running programs first.

    ``build`` raises :class:`PostponedError` for a plan that turns out to come after others; it is built after them.
    """
    return run_tasks(plans, do=lambda plan, share: build(with_jobs(plan, share)), done=install, jobs=jobs)


def run_tasks(
    tasks: Sequence[_Task], *, do: Callable[[_Task, int], _Result], done: Callable[[_Task, _Result], None], jobs: int
) -> list[_Result]:
    """What comes of tasks, in the order in which they were done; ``do`` also gets the task's share of ``jobs``.

    All else is as for :func:`run_builds`: ``done`` is called here, and :class:`PostponedError` has the task that comes
    after others.
    """
    run: _Run[_Task, _Result] = _Run(list(tasks), jobs)
    _require_order(tasks)
    with ThreadPoolExecutor(max(1, min(jobs, len(tasks)))) as pool:
        try:
            run.start(pool, do)
            while run.running:
                # In steps, so that an interrupt is seen at once on every platform.
                ended, _ = wait(run.running, timeout=_POLL, return_when=FIRST_COMPLETED)
                for future in ended:
                    run.finish(future, done)
                run.start(pool, do)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            run.work.stop()
            raise
    if run.findings:
        raise InterlockError(*run.findings, *run.skipped())
    return run.results


@dataclass(slots=True)
class _Run(Generic[_Task, _Result]):
    waiting: list[_Task]
    jobs: int
    work: Work = field(default_factory=lambda: Work(current()))
    running: dict[Future[_Result], _Task] = field(default_factory=dict)
    results: list[_Result] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def start(self, pool: ThreadPoolExecutor, do: Callable[[_Task, int], _Result]) -> None:
        """Start what is ready, as far as the budget reaches and nothing has failed."""
        if self.findings:
            return
        unfinished = {task.name for task in (*self.waiting, *self.running.values())}
        ready = [task for task in self.waiting if not unfinished.intersection(task.after)]
        share = max(1, self.jobs // max(1, len(self.running) + len(ready)))
        for task in ready[: max(0, self.jobs - len(self.running))]:
            self.waiting.remove(task)
            self.running[pool.submit(self.work.within(partial(_swapped, do, share)), task)] = task

    def finish(self, future: Future[_Result], done: Callable[[_Task, _Result], None]) -> None:
        """Take the result of a task, or note why there is none."""
        task = self.running.pop(future)
        try:
            result = future.result()
            done(task, result)
        except PostponedError as postponed:
            self._postpone(postponed.task)
        except InterlockError as error:
            self.findings += error.findings
        else:
            self.results.append(result)

    def _postpone(self, task: _Task) -> None:
        self.waiting.append(task)
        try:
            _require_order([*self.waiting, *self.running.values()])
        except InterlockError as error:
            self.findings += error.findings

    def skipped(self) -> list[Finding]:
        """A note about what was not started."""
        return [not_started([task.name for task in self.waiting])] if self.waiting else []


def _swapped(do: Callable[[_Task, int], _Result], share: int, task: _Task) -> _Result:
    return do(task, share)


def _require_order(tasks: Sequence[Task]) -> None:
    left = {task.name: task for task in tasks}
    while left:
        ready = [name for name, task in left.items() if not left.keys() & set(task.after)]
        if not ready:
            raise InterlockError(circular({name: task.after for name, task in left.items()}))
        for name in ready:
            del left[name]
