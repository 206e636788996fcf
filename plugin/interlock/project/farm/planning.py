"""What a farm builds: each combination of a matrix solved like an environment, without a lock or prefix of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.core.counting import counted
from interlock.engines.threads import in_order
from interlock.manifest.matrix import CUDA, Axis, Combination, combinations, combined, read_axes
from interlock.pipeline.beliefs import Earlier
from interlock.pipeline.locking import lock_solve
from interlock.pipeline.steps import require_consent, stage
from interlock.project.farm import findings
from interlock.project.locking import locked_now
from interlock.project.platforms import platform_here
from interlock.project.solving import workers_for
from interlock_hooks.types import InterlockError, Solve, StageProgress

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock.project.opening import Project
    from interlock_hooks.types import EnvironmentRequest, Finding, LockedEnvironment


@dataclass(frozen=True, slots=True)
class Planned:
    """A combination and its solution, with the plans of the wheels that are wanted and of those that these need.

    Without a solution, ``refusal`` says why there is none.
    """

    combination: Combination
    request: EnvironmentRequest
    locked: LockedEnvironment | None = None
    refusal: tuple[Finding, ...] = ()


def plan_farm(project: Project, environment: str, matrix: Sequence[str], only: Sequence[str]) -> tuple[Planned, ...]:
    """Solve an environment for every combination of a matrix, close to what the project has locked.

    Of its builds those of the packages ``only`` are wanted, if any are named. Nothing of the project is changed. Raises
    :class:`InterlockError`: IL187 for a matrix that cannot be read, IL685 if nothing is built that was asked for, IL686
    for an axis that restricts nothing; and as for any environment for what the manifest asks for. A combination that
    has no solution raises nothing.
    """
    try:
        axes = read_axes(matrix)
    except ValueError as error:
        raise InterlockError(findings.bad_matrix(str(error))) from error
    request = project.workspace.request(environment, platform_here(project, environment))
    # Many combinations ask the same of conda, or of PyPI.
    project.plugins.share_answers()
    near = Earlier(previous=locked_now(project, request))
    asked = [Planned(each, combined(request, each)) for each in combinations(axes)]
    workers = workers_for([Solve.alone(request)], project.plugins)
    title = counted(len(asked), "combination")
    with (
        stage(project.plugins, "plan", title) as done,
        closing(in_order(partial(_solved, project, near), asked, workers=workers)) as answers,
    ):
        solved = tuple(_counting(project, answers, len(asked)))
        done(f"{title}, {sum(each.locked is not None for each in solved)} with a solution")
    _require_effect(axes, solved)
    return _wanted(environment, solved, only)


def _solved(project: Project, near: Earlier, asked: Planned) -> Planned:
    """The answer for a combination; what is reported on the way to it belongs to the plans of many, and is not told."""
    with project.plugins.muted():
        try:
            (locked,) = lock_solve(
                Solve.alone(asked.request), project.plugins, project.layout, earlier={asked.request.name: near}
            ).locked
            require_consent(locked, asked.request)
        except InterlockError as error:
            return replace(asked, refusal=error.findings)
    return replace(asked, locked=locked)


def _counting(project: Project, answers: Iterator[Planned], total: int) -> Iterator[Planned]:
    for number, answer in enumerate(answers, 1):
        project.plugins.event(StageProgress(stage="plan", done=number, total=total, item=str(answer.combination)))
        yield answer


def _require_effect(axes: Sequence[Axis], solved: Sequence[Planned]) -> None:
    answers = [each for each in solved if each.locked is not None]
    idle = [axis.name for axis in axes if answers and not any(_restricts(axis.name, answer) for answer in answers)]
    if idle:
        raise InterlockError(*map(findings.without_effect, idle))


def _restricts(axis: str, solved: Planned) -> bool:
    """Whether there is something in a solution of which the version is that of an axis."""
    assert solved.locked is not None  # noqa: S101 - the caller has looked
    resolution = solved.locked.resolution
    names = {*(each.name for each in resolution.packages), *(each.name for each in resolution.provided)}
    names |= {canonicalize_name(record.name) for record in solved.locked.conda.records}
    if axis == CUDA:
        return "cuda-version" in names or ("torch" in names and (solved.request.torch_backend or "").startswith("cu"))
    return axis in names


def _wanted(environment: str, solved: Sequence[Planned], only: Sequence[str]) -> tuple[Planned, ...]:
    """The combinations with the plans of the packages that are wanted, and of those that their builds need."""
    names = [canonicalize_name(each) for each in only]
    answers = [each.locked for each in solved if each.locked is not None]
    missing = [name for name in names if not any(answer.plan(name) for answer in answers)]
    if answers and (missing or not any(answer.plans for answer in answers)):
        raise InterlockError(findings.nothing_to_build(environment, missing))
    return tuple(
        each if each.locked is None else replace(each, locked=_with_plans(each.locked, names)) for each in solved
    )


def _with_plans(locked: LockedEnvironment, names: Sequence[NormalizedName]) -> LockedEnvironment:
    plans = {plan.name: plan for plan in locked.plans if not plan.package.artifact.editable}
    wanted: dict[str, None] = {}
    queue = [name for name in names or plans if name in plans]
    while queue:
        name = queue.pop()
        if name not in wanted:
            wanted[name] = None
            queue += [each for each in plans[name].after if each in plans]
    return replace(locked, plans=tuple(plan for name, plan in plans.items() if name in wanted))
