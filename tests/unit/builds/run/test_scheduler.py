from __future__ import annotations

import threading

import pytest

from interlock.builds.run.errors import PostponedError
from interlock.builds.run.scheduler import run_builds
from interlock_hooks.types import BuildMode, BuiltWheel, Finding, InterlockError
from unit.builds.conftest import plan_for, wheel_package


def plan(name: str, *after: str):
    return plan_for(wheel_package(name), after=after)


class Builder:
    """Records what happens; ``failing`` builds fail, ``meeting`` ones only end when all of them run at once."""

    def __init__(self, tmp_path, *, failing=(), meeting=()) -> None:
        self.tmp_path = tmp_path
        self.failing = failing
        self.meeting = meeting
        self.barrier = threading.Barrier(max(1, len(meeting)), timeout=30)
        self.happened: list[str] = []
        self.variables: dict[str, dict[str, str]] = {}

    def build(self, plan):
        self.variables[plan.name] = dict(plan.variables)
        self.happened.append(f"build {plan.name}")
        if plan.name in self.meeting:
            self.barrier.wait()
        if plan.name in self.failing:
            raise InterlockError(Finding(code="IL430", what=f"{plan.name} failed"))
        return BuiltWheel(
            name=plan.name, version="1", path=self.tmp_path, sha256="", mode=BuildMode.ISOLATED, seconds=0
        )

    def install(self, plan, wheel):
        self.happened.append(f"install {wheel.name}")

    def run(self, *plans, jobs=2):
        return run_builds(plans, build=self.build, install=self.install, jobs=jobs)


def test_what_comes_first_is_installed_before_what_follows_starts(tmp_path):
    builder = Builder(tmp_path)
    wheels = builder.run(plan("last", "middle"), plan("middle", "first"), plan("first"))
    assert [wheel.name for wheel in wheels] == ["first", "middle", "last"]
    assert builder.happened == [
        "build first",
        "install first",
        "build middle",
        "install middle",
        "build last",
        "install last",
    ]


def test_independent_builds_run_side_by_side(tmp_path):
    builder = Builder(tmp_path, meeting=("a", "b", "c"))
    assert len(builder.run(plan("a"), plan("b"), plan("c"), jobs=3)) == 3


def test_the_budget_is_shared_and_explicit_variables_stay(tmp_path):
    builder = Builder(tmp_path, meeting=("a", "b"))
    explicit = plan_for(wheel_package("b"), variables=(("MAX_JOBS", "3"),))
    builder.run(plan("a"), explicit, jobs=8)
    assert builder.variables["a"]["CMAKE_BUILD_PARALLEL_LEVEL"] == "4"
    assert builder.variables["a"]["MAX_JOBS"] == "2"
    assert builder.variables["a"]["NVCC_THREADS"] == "2"
    assert builder.variables["b"]["MAX_JOBS"] == "3"


def test_one_build_alone_gets_everything(tmp_path):
    builder = Builder(tmp_path)
    builder.run(plan("a"), jobs=2)
    assert builder.variables["a"]["MAX_JOBS"] == "2"
    assert builder.variables["a"]["MAKEFLAGS"] == "-j2"


def test_a_failure_lets_the_running_finish_and_starts_nothing_more(tmp_path):
    builder = Builder(tmp_path, failing=("a", "b"), meeting=("a", "b", "c"))
    with pytest.raises(InterlockError) as error:
        builder.run(plan("a"), plan("b"), plan("c"), plan("d", "a"), jobs=3)
    assert sorted(finding.what for finding in error.value.findings) == [
        "a failed",
        "b failed",
        "not built: d",
    ]
    assert "install c" in builder.happened
    assert "build d" not in builder.happened


def test_after_a_failure_independent_builds_are_not_started_either(tmp_path):
    builder = Builder(tmp_path, failing=("a",))
    with pytest.raises(InterlockError) as error:
        builder.run(plan("a"), plan("b"), jobs=1)
    assert builder.happened == ["build a"]
    assert error.value.findings[1].code == "IL460"


def test_a_failing_install_counts_as_a_failure(tmp_path):
    builder = Builder(tmp_path)

    def install(plan, wheel):
        raise InterlockError(Finding(code="IL510", what="does not fit"))

    with pytest.raises(InterlockError) as error:
        run_builds([plan("a"), plan("b", "a")], build=builder.build, install=install, jobs=2)
    assert [finding.code for finding in error.value.findings] == ["IL510", "IL460"]


class Learner(Builder):
    """Builds that turn out to need others, as ``needs`` says, unless their plan has them first already."""

    def __init__(self, tmp_path, **needs: str) -> None:
        super().__init__(tmp_path, meeting=needs)
        self.needs = needs

    def build(self, plan):
        if plan.name in self.needs and not plan.after:
            self.happened.append(f"try {plan.name}")
            self.barrier.wait()
            raise PostponedError(plan_for(plan.package, after=(self.needs[plan.name],)))
        self.happened.append(f"build {plan.name}")
        return BuiltWheel(
            name=plan.name, version="1", path=self.tmp_path, sha256="", mode=BuildMode.ISOLATED, seconds=0
        )


def test_a_build_that_finds_out_that_it_needs_another_runs_after_it(tmp_path):
    builder = Learner(tmp_path, last="first")
    wheels = builder.run(plan("last"), plan("first"), jobs=1)
    assert [wheel.name for wheel in wheels] == ["first", "last"]
    assert builder.happened == ["try last", "build first", "install first", "build last", "install last"]


def test_builds_that_find_out_that_they_need_each_other_are_named(tmp_path):
    builder = Learner(tmp_path, a="b", b="a")
    with pytest.raises(InterlockError) as error:
        builder.run(plan("a"), plan("b"))
    assert "a, b" in error.value.findings[0].what
    assert [finding.code for finding in error.value.findings] == ["IL461", "IL460"]


def test_builds_that_wait_for_each_other_are_named(tmp_path):
    builder = Builder(tmp_path)
    with pytest.raises(InterlockError) as error:
        builder.run(plan("a", "b"), plan("b", "a"), plan("c"))
    assert error.value.findings[0].code == "IL461"
    assert "a, b" in error.value.findings[0].what
    assert builder.happened == []


def test_an_order_that_names_what_is_not_built_here_is_fine(tmp_path):
    assert len(Builder(tmp_path).run(plan("a", "elsewhere"))) == 1


def test_an_interrupt_ends_running_programs_and_is_passed_on(tmp_path):
    import sys

    from interlock.engines.process import stream
    from interlock.engines.work import Stopped

    started = threading.Event()
    ended = []

    def build(plan):
        if plan.name == "interrupt":
            started.wait(30)
            raise KeyboardInterrupt
        lines = "import time; print('up', flush=True); time.sleep(600)"
        try:
            stream([sys.executable, "-c", lines], env={}, on_line=lambda line: started.set())
        except Stopped:
            ended.append(plan.name)
            raise

    with pytest.raises(KeyboardInterrupt):
        run_builds([plan("long"), plan("interrupt")], build=build, install=lambda *args: None, jobs=2)
    assert ended == ["long"]
    assert ended[0] != 0


def test_nothing_to_build_is_nothing_to_do(tmp_path):
    assert Builder(tmp_path).run() == []
