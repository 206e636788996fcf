from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.builds.plan.closure import conda_closure, runtime_closure
from interlock.builds.plan.overlay import lock_overlay
from interlock.builds.plan.rules import PlanContext, listed_without_build, plan_build, wheels_needed
from interlock.builds.sources.build_system import BuildSystem
from interlock_hooks.types import (
    UNKNOWN_VERSION,
    BuildMode,
    BuildOptions,
    BuildRequirement,
    CondaRecord,
    CondaSolution,
    EnvironmentRequest,
    Finding,
    InterlockError,
    NameSelection,
    PackageBuildOptions,
    ProvidedDistribution,
    PyPIRequest,
    Resolution,
)
from unit.builds.conftest import PYTHON, resolution_of, sdist_package, wheel_package

SETUPTOOLS = BuildSystem(requires=("setuptools>=61", "wheel"))


def record(name: str, *depends: str) -> CondaRecord:
    return CondaRecord(
        name=name,
        version="1",
        build="0",
        build_number=0,
        subdir="linux-64",
        url=f"https://c.invalid/{name}",
        file_name=f"{name}.conda",
        channel="c",
        depends=depends,
    )


@pytest.fixture
def flash(tmp_path: Path):
    return sdist_package(tmp_path, "flash-attn", "2.8", requires=("torch", "einops"))


@pytest.fixture
def packages(flash):
    return (
        wheel_package("einops"),
        flash,
        wheel_package("sympy"),
        wheel_package("torch", "2.6.0+cu124", requires=("sympy>=1", "setuptools; python_version >= '3.12'")),
        wheel_package("unrelated"),
    )


def context(members, *, provided=(), conda=(), **build) -> PlanContext:
    request = EnvironmentRequest(
        name="default", platform="linux-64", root=Path("/project"), build=BuildOptions(**build)
    )
    return PlanContext(
        request=request,
        resolution=resolution_of(*members, provided=tuple(provided)),
        conda=CondaSolution(platform="linux-64", records=tuple(conda)),
    )


def matching(name: str) -> BuildRequirement:
    return BuildRequirement(requirement=name, match_runtime=True)


class Resolver:
    """Answers a request with the newest of some wheels for each requirement, and remembers what it was asked."""

    def __init__(self, *available) -> None:
        self.available = {package.name: package for package in available}
        self.requests: list[PyPIRequest] = []

    def __call__(self, request: PyPIRequest) -> Resolution:
        self.requests.append(request)
        missing = [entry.name for entry in request.requirements if entry.name not in self.available]
        if missing:
            raise InterlockError(Finding(code="IL301", what=f"no {missing[0]}", why="not on the index"))
        fixed = {entry.name for entry in request.provided}
        found = tuple(self.available[entry.name] for entry in request.requirements if entry.name not in fixed)
        return Resolution(python=request.python, packages=found)


def test_without_options_a_build_is_isolated(packages, flash):
    draft = plan_build(flash, SETUPTOOLS, context(packages))
    assert draft.plan.mode is BuildMode.ISOLATED
    assert draft.wanted == ("setuptools>=61", "wheel")
    assert (draft.plan.overlay, draft.plan.base_records, draft.plan.after) == ((), (), ())
    assert [entry.origin for entry in draft.plan.requirements] == ["backend", "backend"]


def test_a_matched_build_gets_the_exact_artifact_with_its_closure(packages, flash):
    draft = plan_build(flash, SETUPTOOLS, context(packages), requirements=[matching("torch")])
    assert draft.plan.mode is BuildMode.MATCHED
    assert [package.name for package in draft.plan.overlay] == ["sympy", "torch"]
    assert draft.plan.overlay[1] == packages[3]
    assert draft.wanted == ("setuptools>=61", "wheel")


def test_an_extra_requirement_without_match_is_resolved_freely(packages, flash):
    draft = plan_build(flash, SETUPTOOLS, context(packages), requirements=[BuildRequirement(requirement="numpy<2")])
    assert draft.plan.mode is BuildMode.MATCHED
    assert draft.wanted == ("setuptools>=61", "wheel", "numpy<2")


@pytest.mark.parametrize("version", [UNKNOWN_VERSION, "9e", "61.0", "62.dev1"])
def test_versions_that_cannot_be_compared_contradict_nothing(flash, version):
    members = (flash, wheel_package("setuptools", version)) if version != "9e" else (flash,)
    provided = (
        [] if len(members) > 1 else [ProvidedDistribution(name="setuptools", version=version, record="setuptools")]
    )
    about = context(members, provided=provided)
    draft = plan_build(flash, SETUPTOOLS, about, requirements=[matching("setuptools")])
    assert draft.wanted == ("wheel",)


def test_a_matched_package_from_conda_comes_from_its_records(flash):
    provided = [ProvidedDistribution(name="numpy", version="2.1", record="numpy")]
    conda = [
        record("libblas"),
        record("numpy", "python >=3", "libblas"),
        record("python", "openssl"),
        record("openssl"),
    ]
    conda += [record("cuda-nvcc")]
    draft = plan_build(
        flash, SETUPTOOLS, context([flash], provided=provided, conda=conda), requirements=[matching("numpy")]
    )
    assert draft.plan.base_records == ("libblas", "numpy", "python", "openssl")
    assert draft.pins.provided == tuple(provided)
    assert draft.plan.overlay == ()


def test_a_conda_package_below_a_matched_wheel_joins_the_base(flash):
    torch = wheel_package("torch", requires=("numpy",))
    provided = [ProvidedDistribution(name="numpy", version="2.1", record="numpy")]
    conda = [record("numpy", "python"), record("python")]
    draft = plan_build(
        flash, SETUPTOOLS, context([flash, torch], provided=provided, conda=conda), requirements=[matching("torch")]
    )
    assert draft.plan.base_records == ("numpy", "python")
    assert draft.plan.overlay == (torch,)


def test_both_dialects_at_once_is_no_isolation_with_more(packages, flash):
    selection = NameSelection(names=frozenset({"flash-attn"}))
    ctx = context(packages, no_isolation=selection)
    extra = [matching("torch"), BuildRequirement(requirement="psutil")]
    draft = plan_build(flash, SETUPTOOLS, ctx, requirements=extra)
    assert draft.plan.mode is BuildMode.NO_ISOLATION
    assert draft.wanted == ("setuptools>=61", "wheel", "psutil")


@pytest.mark.parametrize("selection", [NameSelection(everything=True), NameSelection(names=frozenset({"flash-attn"}))])
def test_no_isolation_asks_only_for_what_the_environment_lacks(packages, flash, selection):
    ctx = context((*packages, wheel_package("setuptools", "75.0")), no_isolation=selection)
    draft = plan_build(flash, SETUPTOOLS, ctx)
    assert draft.wanted == ("wheel",)
    assert "flash-attn" not in draft.pins.versions
    assert draft.plan.overlay == ()


def test_the_mode_of_the_manifest_wins(packages, flash):
    options = PackageBuildOptions(name="flash-attn", mode=BuildMode.MATCHED)
    draft = plan_build(
        flash, SETUPTOOLS, context(packages, no_isolation=NameSelection(everything=True), packages=(options,))
    )
    assert draft.plan.mode is BuildMode.MATCHED


def test_a_build_that_the_manifest_wants_matched_gets_what_it_declares_from_the_environment(flash):
    options = PackageBuildOptions(name="flash-attn", mode=BuildMode.MATCHED)
    torch, setuptools = wheel_package("torch", "2.6.0"), wheel_package("setuptools", "75.0")
    provided = [ProvidedDistribution(name="numpy", version="2.1", record="numpy")]
    conda = [record("numpy", "python"), record("python")]
    system = BuildSystem(requires=("setuptools>=61", "torch>=2", "numpy", "torch<3", "pybind11"))
    about = context((flash, torch, setuptools), provided=provided, conda=conda, packages=(options,))
    draft = plan_build(flash, system, about)
    matched = [entry.requirement for entry in draft.plan.requirements if entry.match_runtime]
    assert matched == ["torch>=2", "numpy", "torch<3"]
    assert draft.plan.overlay == (torch,)
    assert draft.plan.base_records == ("numpy", "python")
    assert draft.wanted == ("setuptools>=61", "pybind11")

    other = plan_build(flash, BuildSystem(requires=("torch<2",)), about)
    assert (other.wanted, other.plan.overlay) == (("torch<2",), ())


def test_without_isolation_the_environments_version_stays_and_is_warned_about(flash):
    numpy = wheel_package("numpy", "2.1")
    ctx = context([flash, numpy], no_isolation=NameSelection(everything=True))
    draft = plan_build(flash, BuildSystem(requires=("numpy<2",)), ctx)
    assert draft.wanted == ()
    (warning,) = draft.findings
    assert warning.code == "IL414"
    assert "numpy 2.1" in warning.what
    assert "numpy<2" in warning.what


def test_without_isolation_a_build_tool_may_differ_from_the_environments(flash):
    ctx = context([flash, wheel_package("setuptools", "60.0")], no_isolation=NameSelection(everything=True))
    draft = plan_build(flash, SETUPTOOLS, ctx)
    assert draft.wanted == ("setuptools>=61", "wheel")
    assert "setuptools" not in draft.pins.versions
    assert draft.findings == ()


def test_without_isolation_builds_follow_what_they_need(tmp_path, flash):
    torch = replace(sdist_package(tmp_path, "torch"), requires=("helper",))
    helper = sdist_package(tmp_path, "helper")
    after = sdist_package(tmp_path, "later")
    ctx = context([flash, torch, helper, after, wheel_package("einops")], no_isolation=NameSelection(everything=True))
    assert plan_build(flash, SETUPTOOLS, ctx).plan.after == ("helper", "torch")
    assert plan_build(after, SETUPTOOLS, ctx).plan.after == ()


def test_without_isolation_the_backend_finds_what_its_requirements_need_and_nothing_else_is_built_for_it(tmp_path):
    base, first = sdist_package(tmp_path, "base"), sdist_package(tmp_path, "first", requires=("base",))
    late = sdist_package(tmp_path, "late")
    second = sdist_package(tmp_path, "second", requires=("late",))
    ctx = context([base, first, late, second], no_isolation=NameSelection(everything=True))
    plan = plan_build(second, SETUPTOOLS, ctx, requirements=[matching("first")]).plan
    assert plan.after == ("base", "first", "late")
    assert wheels_needed(plan, ctx.resolution) == ("base", "first")


def test_packages_that_need_each_other_do_not_wait_for_each_other(tmp_path):
    first = sdist_package(tmp_path, "first", requires=("second",))
    second = sdist_package(tmp_path, "second", requires=("first",))
    ctx = context([first, second], no_isolation=NameSelection(everything=True))
    assert plan_build(first, SETUPTOOLS, ctx).plan.after == ()


def test_a_matched_build_waits_for_built_packages_of_its_closure(tmp_path, flash):
    torch = sdist_package(tmp_path, "torch")
    draft = plan_build(flash, SETUPTOOLS, context([flash, torch]), requirements=[matching("torch")])
    assert draft.plan.after == ("torch",)


def test_variables_and_settings_of_the_manifest_win(packages, flash):
    options = PackageBuildOptions(
        name="flash-attn", variables=(("A", "manifest"),), config_settings=(("x", "package"),)
    )
    ctx = context(packages, packages=(options,), config_settings=(("x", "all"), ("y", "all")))
    draft = plan_build(flash, SETUPTOOLS, ctx, variables={"A": "hook", "B": "hook"})
    assert draft.plan.variables == (("A", "manifest"), ("B", "hook"))
    assert draft.plan.config_settings == (("x", "package"), ("y", "all"))


@pytest.mark.parametrize(
    ("requirement", "system", "code", "status"),
    [
        (matching("not-there"), SETUPTOOLS, "IL410", 1),
        (matching("torch>=2"), SETUPTOOLS, "IL411", 2),
        (matching("torch"), BuildSystem(requires=("torch==2.1",)), "IL412", 1),
        (BuildRequirement(requirement="not a requirement"), SETUPTOOLS, "IL416", 2),
    ],
)
def test_contradictions_are_errors_before_building(packages, flash, requirement, system, code, status):
    with pytest.raises(InterlockError) as error:
        plan_build(flash, system, context(packages), requirements=[requirement])
    assert (error.value.findings[0].code, error.value.exit_code) == (code, status)


def test_a_missing_match_names_both_remedies(packages, flash):
    with pytest.raises(InterlockError) as error:
        plan_build(flash, SETUPTOOLS, context(packages), requirements=[matching("not-there")])
    fix = error.value.findings[0].fix
    assert "dependencies" in fix
    assert "match-runtime" in fix


def test_isolated_and_matched_at_once_is_an_error(packages, flash):
    options = PackageBuildOptions(name="flash-attn", mode=BuildMode.ISOLATED)
    with pytest.raises(InterlockError) as error:
        plan_build(flash, SETUPTOOLS, context(packages, packages=(options,)), requirements=[matching("torch")])
    assert error.value.findings[0].code == "IL415"


def test_a_contradiction_with_a_mere_dependency_of_a_match_is_left_to_the_resolver(flash):
    torch = wheel_package("torch", requires=("setuptools",))
    ctx = context([flash, torch, wheel_package("setuptools", "82.0")])
    draft = plan_build(flash, BuildSystem(requires=("setuptools<70",)), ctx, requirements=[matching("torch")])
    assert [package.name for package in draft.plan.overlay] == ["torch"]
    assert draft.wanted == ("setuptools<70",)


def test_requirements_of_other_platforms_are_left_out(packages, flash):
    system = BuildSystem(requires=("setuptools", "pywin32; sys_platform == 'win32'"))
    windows = BuildRequirement(requirement="torch; sys_platform == 'win32'", match_runtime=True)
    draft = plan_build(flash, system, context(packages), requirements=[windows])
    assert draft.wanted == ("setuptools",)
    assert draft.plan.mode is BuildMode.ISOLATED


@pytest.mark.parametrize(("platform", "machine"), [("linux-riscv64", "riscv64"), ("win-32", "x86")])
def test_requirements_of_rare_machines_are_kept_there(packages, flash, platform, machine):
    simd = f"simd; platform_machine == '{machine}'"
    system = BuildSystem(requires=("setuptools", simd))
    there = context(packages)
    python = replace(there.resolution.python, platform=platform)
    there = replace(there, resolution=replace(there.resolution, python=python))
    assert plan_build(flash, system, there).wanted == ("setuptools", simd)
    assert plan_build(flash, system, context(packages)).wanted == ("setuptools",)


def test_markers_without_a_meaning_do_not_stop_a_plan(packages, flash):
    system = BuildSystem(requires=("a; 'x' in extras", "b; os_name ~= 'posix'", "c; 'x' not in dependency_groups"))
    wanted = plan_build(flash, system, context(packages)).wanted
    assert [text.partition(";")[0] for text in wanted] == ["b", "c"]


def test_options_for_a_package_that_is_only_a_wheel_are_warned_about(packages):
    options = (PackageBuildOptions(name="sympy"), PackageBuildOptions(name="absent"))
    ctx = context(packages, packages=options, no_isolation=NameSelection(names=frozenset({"einops", "flash_attn"})))
    assert [(finding.code, finding.what.split()[4]) for finding in listed_without_build(ctx)] == [
        ("IL413", "einops"),
        ("IL413", "sympy"),
    ]


def test_the_overlay_is_resolved_with_the_match_fixed(packages, flash):
    ctx = context(packages, constraints=("setuptools<80",))
    draft = plan_build(flash, SETUPTOOLS, ctx, requirements=[matching("torch")])
    resolver = Resolver(wheel_package("setuptools", "75.0"), wheel_package("wheel"), wheel_package("ninja"))
    plan = lock_overlay(draft, ctx, resolver)
    assert [str(package) for package in plan.overlay] == [
        "ninja 1.0",
        "setuptools 75.0",
        "sympy 1.0",
        "torch 2.6.0+cu124",
        "wheel 1.0",
    ]
    (request,) = resolver.requests
    assert request.constraints == ("setuptools<80",)
    assert {(entry.name, entry.version) for entry in request.provided} == {("sympy", "1.0"), ("torch", "2.6.0+cu124")}
    assert request.python == PYTHON


def test_an_offered_tool_that_is_not_there_is_left_out(packages, flash):
    ctx = context(packages)
    draft = plan_build(flash, SETUPTOOLS, ctx, requirements=[matching("torch")])
    plan = lock_overlay(draft, ctx, Resolver(wheel_package("setuptools", "75.0"), wheel_package("wheel")))
    assert "ninja" not in {package.name for package in plan.overlay}


def test_requirements_that_nothing_satisfies_are_one_error(packages, flash):
    ctx = context(packages)
    with pytest.raises(InterlockError) as error:
        lock_overlay(plan_build(flash, SETUPTOOLS, ctx), ctx, Resolver(wheel_package("wheel")))
    finding = error.value.findings[0]
    assert finding.code == "IL417"
    assert "no setuptools" in finding.details
    assert finding.exit_code == 1


def test_without_isolation_the_overlay_never_holds_the_environment(packages, flash):
    ctx = context(packages, no_isolation=NameSelection(everything=True))
    resolver = Resolver(wheel_package("setuptools", "75.0"), wheel_package("wheel"), wheel_package("ninja"))
    plan = lock_overlay(plan_build(flash, SETUPTOOLS, ctx), ctx, resolver)
    assert {package.name for package in plan.overlay} == {"ninja", "setuptools", "wheel"}
    assert {entry.name for entry in resolver.requests[0].provided} == {"einops", "sympy", "torch", "unrelated"}


def test_nothing_wanted_asks_no_resolver(flash):
    ctx = context([flash])
    assert lock_overlay(plan_build(flash, BuildSystem(requires=()), ctx), ctx, Resolver()).overlay == ()


def test_closures_end_and_pass_over_what_is_not_there():
    first = wheel_package("first", requires=("second", "absent"))
    second = wheel_package("second", requires=("first",))
    assert [package.name for package in runtime_closure(resolution_of(first, second), ["first"]).packages] == [
        "first",
        "second",
    ]
    solution = CondaSolution(platform="linux-64", records=(record("a", "b", "__cuda >=12"), record("b", "a")))
    assert conda_closure(solution, ["a"]) == ("a", "b")
