from __future__ import annotations

import pytest

from interlock.builds.discovery.replanning import MAX_ATTEMPTS, build_with_discovery, discovery_note
from interlock.builds.run.errors import BuildFailedError, RequirementsUnmetError
from interlock.builds.run.lacking import Lacking
from interlock.builds.run.trace import Missing
from interlock_hooks.types import BuildFinished, BuildMode, BuildRequirement, Finding, InterlockError, Severity
from unit.builds.conftest import plan_for, wheel_package

FAILURE = Finding(code="IL430", what="the build failed", details=("the log",))


def failed(module: str | None = None, *missing: str) -> BuildFailedError:
    return BuildFailedError(
        FAILURE, lacking=Lacking(module), missing=tuple(Missing(name, "setup.py") for name in missing)
    )


class Backend:
    """A build that fails until the plan holds what it needs, one module after another."""

    def __init__(self, *needs: tuple[str, InterlockError]) -> None:
        self.needs = needs
        self.attempts = 0

    def __call__(self, plan, wheels):
        self.attempts += 1
        held = {entry.requirement for entry in plan.requirements}
        for requirement, error in self.needs:
            if requirement not in held:
                raise error
        return "built"


def run(backend, events, *, resolved=(), mode="auto", requirements=(), frozen=False, needed=lambda _: ()):
    plan = plan_for(wheel_package("demo"), requirements=tuple(requirements))

    def replan(plan, learned):
        return plan_for(plan.package, BuildMode.MATCHED, requirements=(*requirements, *learned))

    def provider(module):
        return module.split(".")[0] if module.split(".")[0] in resolved else None

    return build_with_discovery(
        plan,
        needed=needed,
        attempt=backend,
        replan=None if frozen else replan,
        provider=provider,
        mode=mode,
        emit=events,
    )


def test_a_module_of_the_environment_is_matched(events):
    result, plan = run(Backend(("torch", failed("torch.utils"))), events, resolved=["torch"])
    assert result == "built"
    assert plan.requirements == (BuildRequirement(requirement="torch", match_runtime=True, origin="discovery"),)


def test_each_attempt_sees_the_wheels_that_its_plan_needs(events):
    seen = []

    def attempt(plan, wheels):
        seen.append(wheels)
        return backend(plan, wheels)

    backend = Backend(("first", failed("first")))
    run(attempt, events, resolved=["first"], needed=lambda plan: tuple(each.requirement for each in plan.requirements))
    assert seen == [(), ("first",)]


def test_a_wheel_that_cannot_be_built_is_no_failure_of_the_build_that_needs_it(events):
    def needed(plan):
        if plan.requirements:
            raise failed("numpy")
        return ()

    with pytest.raises(BuildFailedError):
        run(Backend(("first", failed("first"))), events, resolved=["first", "numpy"], needed=needed)
    assert [event.needs for event in events.of(BuildFinished)] == [("first",)]


@pytest.mark.parametrize(
    ("failure", "code"),
    [(failed("torch"), "IL451"), (RequirementsUnmetError(Finding(code="IL442", what="asks"), ("torch",)), "IL442")],
)
def test_a_frozen_plan_stays_and_the_failure_says_what_would_help(events, failure, code):
    backend = Backend(("torch", failure))
    with pytest.raises(InterlockError) as caught:
        run(backend, events, resolved=["torch"], frozen=True)
    assert (caught.value.findings[0].code, backend.attempts) == (code, 1)


def test_a_known_tool_is_added_and_what_is_missing_next_as_well(events):
    backend = Backend(
        ("cython", failed("Cython")), ("numpy", failed("numpy")), ("setuptools<82", failed("pkg_resources"))
    )
    _, plan = run(backend, events)
    assert [(entry.requirement, entry.match_runtime) for entry in plan.requirements] == [
        ("cython", False),
        ("numpy", False),
        ("setuptools<82", False),
    ]
    assert backend.attempts == 4


def test_a_package_of_the_environment_is_preferred_to_a_tool_but_not_for_tools_without_trace(events):
    backend = Backend(("numpy", failed("numpy")), ("packaging", failed("packaging")))
    _, plan = run(backend, events, resolved=["numpy", "packaging"])
    assert [(entry.requirement, entry.match_runtime) for entry in plan.requirements] == [
        ("numpy", True),
        ("packaging", False),
    ]


def test_the_manifest_lines_that_say_the_same_are_told(events):
    explicit = BuildRequirement(requirement="psutil")
    _, plan = run(Backend(("torch", failed("torch"))), events, resolved=["torch"], requirements=[explicit])
    note = discovery_note(plan)
    assert note is not None
    assert note.severity is Severity.NOTE
    assert note.details == (
        "[tool.uv.extra-build-dependencies]",
        'demo = ["psutil", { requirement = "torch", match-runtime = true }]',
    )
    # uv's table has no effect in a pixi.toml.
    assert "`requirements` to [tool.interlock.build.packages.demo]" in (note.fix or "")


def test_without_a_discovery_there_is_nothing_to_tell():
    declared = BuildRequirement(requirement="setuptools", origin="backend")
    assert discovery_note(plan_for(wheel_package("demo"), requirements=(declared,))) is None


def test_listeners_learn_how_each_attempt_ended(events):
    with pytest.raises(BuildFailedError):
        run(Backend(("torch", failed("torch")), ("never", failed("unknown"))), events, resolved=["torch"])
    assert [event.needs for event in events.of(BuildFinished)] == [("torch",), ()]


def test_a_program_of_a_known_tool_is_added(events):
    error = BuildFailedError(FAILURE, lacking=Lacking(programs=("cmake", "make")))
    _, plan = run(Backend(("cmake", error)), events)
    assert [entry.requirement for entry in plan.requirements] == ["cmake"]


def test_what_a_build_wants_pip_to_install_is_added_with_pip(events):
    error = BuildFailedError(FAILURE, lacking=Lacking(programs=("pip",), installs=("numpy<2", "demo")))
    _, plan = run(Backend(("pip", error)), events)
    assert sorted(entry.requirement for entry in plan.requirements) == ["numpy<2", "pip"]


def test_without_a_named_module_what_the_project_looked_for_is_tried(events):
    _, plan = run(Backend(("torch", failed(None, "readline", "torch"))), events, resolved=["torch"])
    assert [entry.requirement for entry in plan.requirements] == ["torch"]


@pytest.mark.parametrize("error", [failed("nobody_has_this"), failed(None)])
def test_a_failure_that_nothing_explains_stays_as_it_is(events, error):
    backend = Backend(("never", error))
    with pytest.raises(BuildFailedError) as raised:
        run(backend, events, resolved=["torch"])
    assert raised.value is error
    assert backend.attempts == 1


def test_what_was_added_without_success_is_not_added_again(events):
    backend = Backend(("never", failed("torch")))
    with pytest.raises(BuildFailedError):
        run(backend, events, resolved=["torch"])
    assert backend.attempts == 2


def test_attempts_are_bounded(events):
    class Endless:
        attempts = 0

        def __call__(self, plan, wheels):
            self.attempts += 1
            raise failed(f"module{self.attempts}")

    backend = Endless()
    with pytest.raises(BuildFailedError):
        run(backend, events, resolved=[f"module{number}" for number in range(100)])
    assert backend.attempts == MAX_ATTEMPTS


def test_an_explicit_requirement_is_never_overruled(events):
    explicit = BuildRequirement(requirement="setuptools>=80")
    with pytest.raises(BuildFailedError):
        run(Backend(("never", failed("pkg_resources"))), events, requirements=[explicit])


def test_off_leaves_failures_alone(events):
    with pytest.raises(BuildFailedError):
        run(Backend(("torch", failed("torch"))), events, resolved=["torch"], mode="off")


def test_suggest_says_the_lines_and_fails(events):
    with pytest.raises(InterlockError) as raised:
        run(Backend(("torch", failed("torch"))), events, resolved=["torch"], mode="suggest")
    finding = raised.value.findings[0]
    assert finding.code == "IL451"
    assert finding.details[:2] == (
        "[tool.uv.extra-build-dependencies]",
        'demo = [{ requirement = "torch", match-runtime = true }]',
    )
    assert "the log" in finding.details


@pytest.mark.parametrize("mode", ["auto", "suggest", "off"])
def test_what_a_backend_asks_for_is_added_in_every_mode(events, mode):
    unmet = RequirementsUnmetError(Finding(code="IL442", what="asks"), ("ninja",))
    _, plan = run(Backend(("ninja", unmet)), events, mode=mode)
    assert plan.requirements == (BuildRequirement(requirement="ninja", origin="get-requires"),)
    assert discovery_note(plan) is None
    assert [event.needs for event in events.of(BuildFinished)] == [("ninja",)]


def test_failures_cross_process_boundaries():
    import pickle

    error = pickle.loads(pickle.dumps(failed("torch", "numpy")))
    assert (error.lacking.module, error.missing[0].module, error.findings) == ("torch", "numpy", (FAILURE,))
    unmet = pickle.loads(pickle.dumps(RequirementsUnmetError(FAILURE, ("a",))))
    assert unmet.requirements == ("a",)
