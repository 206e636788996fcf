"""How far named packages move, and what is asked when something that stays would hold them back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from interlock.lock.moves import Moves
from interlock.pipeline.beliefs import Earlier
from interlock.pipeline.moving import solve_moving
from interlock.resolve.joint.search import Joint
from interlock_hooks.types import EnvironmentRequest, Finding, InterlockError, LockedEnvironment
from kit.locked import locked, record, wheel

OLD = locked(record("tool 1.0"), record("base 1.0"), pypi=[wheel("app 1.0"), wheel("lib 1.0")])
NEW = locked(record("tool 2.0"), record("base 2.0"), pypi=[wheel("app 2.0"), wheel("lib 2.0")])


class Solver:
    """Gives prepared answers, and remembers what it was asked."""

    def __init__(self, *answers: LockedEnvironment | None) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[set[str], set[str], bool]] = []

    def __call__(self, asked: Any, near: LockedEnvironment | None) -> Any:
        limits = {spec.spec for spec in asked.conda_constraints}
        self.asked.append((limits, set(asked.constraints), near is not None))
        answer = self._answers[len(self.asked) - 1]
        if answer is None:
            raise InterlockError(Finding(code="IL210", what="no solution"))
        return Joint(answer.conda, answer.resolution, answer.conda, ()), self


def moved(solver: Solver, *names: str, previous: LockedEnvironment | None = OLD) -> Joint:
    request = EnvironmentRequest(name="default", platform="linux-64", root=Path("/project"))
    earlier = Earlier(previous=previous, moves=Moves(names=frozenset(names), everything=not names))
    return solve_moving(solver, request, earlier)[0]  # type: ignore[arg-type]


def test_one_solve_is_enough_where_all_that_is_named_moved() -> None:
    solver = Solver(NEW)
    assert moved(solver, "tool", "app").conda == NEW.conda
    assert solver.asked == [(set(), set(), True)]


def test_what_was_held_back_is_asked_for_by_the_version_that_it_could_reach() -> None:
    solver = Solver(OLD, NEW, NEW)
    assert moved(solver, "tool", "app").conda == NEW.conda
    assert solver.asked == [(set(), set(), True), (set(), set(), False), ({"tool ==2.0"}, {"app==2.0"}, True)]


def test_what_cannot_move_stays_after_two_solves() -> None:
    solver = Solver(OLD, OLD)
    assert moved(solver, "tool").conda == OLD.conda
    assert len(solver.asked) == 2


def test_older_versions_are_no_goal() -> None:
    solver = Solver(OLD, locked(record("tool 0.9"), pypi=[wheel("app 0.9")]))
    assert moved(solver, "tool", "app").conda == OLD.conda
    assert len(solver.asked) == 2


def test_a_failure_on_the_way_to_more_leaves_the_solution_that_there_is() -> None:
    assert moved(Solver(OLD, None), "tool").conda == OLD.conda
    assert moved(Solver(OLD, NEW, None), "tool").conda == OLD.conda


def test_without_names_or_an_earlier_lock_there_is_one_solve() -> None:
    for solver, names, previous in ((Solver(OLD), (), OLD), (Solver(OLD), ("tool",), None)):
        moved(solver, *names, previous=previous)
        assert solver.asked == [(set(), set(), False)] or len(solver.asked) == 1
