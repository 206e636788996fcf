"""Several solves at a time: what comes of them, in which order, and when they wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.engines.process import run
from interlock.engines.work import Stopped
from interlock.lock.model import Lock
from interlock.pipeline import locking
from interlock.pipeline.beliefs import Earlier
from interlock.pipeline.locking import Locking, UnsolvedError
from interlock.plugins.manager import Plugins
from interlock.project import solving
from interlock.project.lock_file import read_lock
from interlock.project.locking import lock_all
from interlock.project.opening import Project, open_project
from interlock_hooks import hookimpl
from interlock_hooks.testing.channel import PLATFORM
from interlock_hooks.testing.plugins import write_plugin
from interlock_hooks.types import Finding, FindingReported, InterlockError, LockedEnvironment, Severity, Solve
from kit.locked import locked

OTHER = "osx-arm64" if PLATFORM != "osx-arm64" else "osx-64"
TWO_OF_TWO = f"""
[workspace]
channels = ["x"]
platforms = ["{OTHER}", "{PLATFORM}"]
[feature.test.dependencies]
pytest = "*"
[environments]
test = ["test"]
"""
# As they are solved: this machine's platform comes first in each environment.
FIRST, SECOND, THIRD, FOURTH = (
    f"{name} on {platform}" for name in ("default", "test") for platform in (PLATFORM, OTHER)
)


class Listener:
    def __init__(self) -> None:
        self.told: list[str] = []

    @hookimpl
    def interlock_event(self, event: object) -> None:
        if isinstance(event, FindingReported):
            self.told.append(event.finding.what)


class Solver:
    """Stands for solving; ``doing`` has what happens in a solve, by its name. Each reports and returns a finding."""

    def __init__(self) -> None:
        self.doing: dict[str, Callable[[], object]] = {}
        self.began: dict[str, threading.Event] = {name: threading.Event() for name in (FIRST, SECOND, THIRD, FOURTH)}
        self.ended: dict[str, threading.Event] = {name: threading.Event() for name in self.began}
        self.earlier: dict[str, Mapping[str, Earlier]] = {}
        self.outcomes: dict[str, BaseException] = {}
        self.threads: set[int] = set()

    def lock_solve(self, solve: Solve, plugins: Plugins, _: object, *, earlier: Mapping[str, Earlier]) -> Locking:
        name = f"{solve.request.name} on {solve.target}"
        self.threads.add(threading.get_ident())
        self.earlier[name] = earlier
        self.began[name].set()
        plugins.event(FindingReported(finding=finding(f"while {name}")))
        try:
            self.doing.get(name, lambda: None)()
        except BaseException as error:
            self.outcomes[name] = error
            raise
        finally:
            self.ended[name].set()
        return Locking((answer(solve.request.name, solve.target),), (finding(f"after {name}"),))

    def siblings(self, solve: str) -> list[LockedEnvironment]:
        (earlier,) = self.earlier[solve].values()
        return list(earlier.siblings())


def finding(what: str, code: str = "IL890") -> Finding:
    return Finding(code=code, what=what, severity=Severity.WARNING)


def answer(name: str, platform: str) -> LockedEnvironment:
    found = locked(name=name)
    return replace(found, platform=platform, conda=replace(found.conda, platform=platform))


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch) -> Solver:
    """Two cores, and a solver that does what it is told."""
    solver = Solver()
    monkeypatch.setattr(locking, "lock_solve", solver.lock_solve)
    monkeypatch.setattr(solving, "usable_cores", lambda: 2)
    return solver


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def ask(tmp_path: Path, listener: Listener) -> Callable[..., Project]:
    def ask(more: str = "") -> Project:
        (tmp_path / "pixi.toml").write_text(TWO_OF_TWO + more)
        return open_project(str(tmp_path / "pixi.toml"), listener=listener)

    return ask


def test_whatever_ends_first_the_outcome_is_that_of_one_after_the_other(
    ask: Callable[..., Project], solver: Solver, listener: Listener
) -> None:
    def together(*others: str) -> Callable[[], object]:
        return lambda: all(solver.ended[each].wait(30) for each in others) or pytest.fail("alone")

    solver.doing = {FIRST: together(SECOND, THIRD), THIRD: lambda: solver.began[FIRST].wait(30)}
    outcome = lock_all(ask())
    assert [each.what for each in outcome.findings] == [f"after {each}" for each in (FIRST, SECOND, THIRD, FOURTH)]
    assert listener.told == [f"while {each}" for each in (FIRST, SECOND, THIRD, FOURTH)]
    project, side_by_side = ask(), (ask().layout.lock_file).read_bytes()
    project.layout.lock_file.unlink()
    solver.doing = {}
    lock_all(ask("[tool.interlock.build]\njobs = 1\n"))
    assert project.layout.lock_file.read_bytes() == side_by_side


def test_the_failure_of_the_first_in_order_is_told_and_what_comes_later_is_given_up(
    ask: Callable[..., Project], solver: Solver, listener: Listener
) -> None:
    def fail(message: str, after: threading.Event) -> None:
        assert after.wait(30)
        raise InterlockError(finding(message))

    solver.doing = {
        FIRST: lambda: fail("the first", solver.ended[SECOND]),
        SECOND: lambda: fail("the second", solver.began[FIRST]),
    }
    with pytest.raises(InterlockError) as caught:
        lock_all(ask())
    assert [each.what for each in caught.value.findings] == ["the first"]
    assert listener.told == [f"while {FIRST}"]
    assert not solver.began[FOURTH].is_set()
    assert read_lock(ask()) is None


def test_programs_of_what_is_given_up_end(ask: Callable[..., Project], solver: Solver) -> None:
    def fail() -> None:
        assert solver.began[SECOND].wait(30)
        raise InterlockError(finding("the first"))

    solver.doing = {FIRST: fail, SECOND: lambda: run(["sleep", "600"], env={"PATH": "/usr/bin:/bin"})}
    with pytest.raises(InterlockError, match="the first"):
        lock_all(ask())
    assert type(solver.outcomes[SECOND]) is Stopped


def test_a_solve_without_an_answer_is_explained_when_nothing_else_runs(
    ask: Callable[..., Project], solver: Solver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        request = project.workspace.solve("default", PLATFORM)
        raise UnsolvedError(request, InterlockError(finding("nothing fits")))

    def explain(unsolved: UnsolvedError, _: Plugins) -> None:
        assert solver.ended[SECOND].wait(30)
        assert threading.current_thread() is threading.main_thread()
        raise InterlockError(finding(f"explained: {unsolved.findings[0].what}"))

    monkeypatch.setattr(locking, "explain", explain)
    solver.doing = {FIRST: fail}
    project = ask()
    with pytest.raises(InterlockError, match="explained: nothing fits"):
        lock_all(project)


def test_another_platform_waits_for_what_was_found_for_this_one_and_for_nothing_else(
    ask: Callable[..., Project], solver: Solver
) -> None:
    seen: list[LockedEnvironment] = []
    solver.doing = {
        FIRST: lambda: solver.began[SECOND].wait(30),
        SECOND: lambda: seen.extend(solver.siblings(SECOND)),
    }
    lock_all(ask())
    assert [(each.name, each.platform) for each in seen] == [("default", PLATFORM)]
    assert solver.siblings(THIRD) == []
    assert [(each.name, each.platform) for each in solver.siblings(FOURTH)] == [("test", PLATFORM)]


def test_what_is_locked_already_is_seen_as_it_is(ask: Callable[..., Project], solver: Solver) -> None:
    project = ask()
    solves = [project.workspace.solve("default", PLATFORM)]
    old = Lock().with_environment(answer("default", OTHER), digest="sha256:0")
    list(solving.answers(project, solves, near=old, lock=old))
    assert [each.platform for each in solver.siblings(FIRST)] == [OTHER]
    assert solver.threads == {threading.get_ident()}


@pytest.mark.parametrize(("source", "threads"), [("", 1), ("thread_safe = True\n", 2), ("thread_safe = 'no'\n", 1)])
def test_plugins_that_do_not_say_that_they_are_safe_are_called_for_one_solve_after_the_other(
    ask: Callable[..., Project],
    solver: Solver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    threads: int,
) -> None:
    hook = "from interlock_hooks import hookimpl\n@hookimpl\ndef interlock_environment_ready(): pass\n"
    module = write_plugin(tmp_path / "site", f"plugin-{threads}-{len(source)}", hook + source).stem
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    if threads == 2:
        meeting = threading.Barrier(2, timeout=30)
        solver.doing = {FIRST: meeting.wait, SECOND: meeting.wait}
    project = ask(f'[tool.interlock]\nplugins = ["{module.replace("_", "-")}"]\n')
    lock_all(project)
    assert (solver.threads == {threading.get_ident()}) == (threads == 1)


@pytest.mark.parametrize(
    ("cores", "jobs", "expected"), [(4, None, 4), (4, 2, 2), (2, 16, 2), (64, None, 8), (1, None, 1)]
)
def test_as_many_solves_at_a_time_as_there_are_cores_or_jobs(
    ask: Callable[..., Project], monkeypatch: pytest.MonkeyPatch, cores: int, jobs: int | None, expected: int
) -> None:
    monkeypatch.setattr(solving, "usable_cores", lambda: cores)
    project = ask() if jobs is None else ask(f"[tool.interlock.build]\njobs = {jobs}\n")
    assert solving.workers_for([project.workspace.solve("default", PLATFORM)], project.plugins) == expected
