from __future__ import annotations

import pytest

from interlock.builds.discovery.replanning import discovery_note
from interlock.builds.plan.planner import Planner
from interlock.builds.plugin import BuildPlugin
from interlock.builds.sources.static.facts import Known
from interlock.builds.sources.static.setup_py import following
from interlock.builds.sources.static.setup_py.following import follow_script
from interlock.core.files import sha256_of
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildOptions,
    BuildRequirement,
    CondaSolution,
    EnvironmentRequest,
    Finding,
    FindingReported,
    InterlockError,
    NameSelection,
    PackageBuildOptions,
    PyPIPackage,
    Resolution,
)
from unit.builds.conftest import make_sdist, plan_for, resolution_of, sdist_package, wheel_package

PYPROJECT = """
[build-system]
requires = ["setuptools>=61"]
"""


@pytest.fixture
def planner(tmp_path, events):
    def declared(tree, requires):
        return tuple(BuildRequirement(requirement=text, index=tree.name, origin="backend") for text in requires)

    def make(*, asked=(), requests=None, **build):
        plugin = BuildPlugin(events)

        def resolve(request):
            if requests is not None:
                requests.append(request)
            packages = tuple(wheel_package(entry.name, "90.0") for entry in request.requirements)
            return Resolution(python=request.python, packages=packages)

        request = EnvironmentRequest(name="x", platform="linux-64", root=tmp_path, build=BuildOptions(**build))
        return Planner(
            request,
            CondaSolution(platform="linux-64"),
            resolve=resolve,
            requirements=lambda package, resolution: [
                *plugin.interlock_build_requirements(package, request),
                *asked,
            ],
            variables=lambda package, resolution, source: plugin.interlock_build_variables(package, request),
            declared=declared,
            emit=events,
        )

    return make


@pytest.fixture
def demo(tmp_path):
    return sdist_package(tmp_path, "demo", pyproject=PYPROJECT)


def test_a_plan_is_made_of_what_the_sdist_the_manifest_and_plugins_say(planner, demo, tmp_path):
    options = PackageBuildOptions(
        name="demo", requirements=(BuildRequirement(requirement="psutil"),), variables=(("A", "1"),)
    )
    plan = planner(packages=(options,), asked=[BuildRequirement(requirement="extra", origin="p")]).plan(
        demo, resolution_of(demo)
    )
    assert [(entry.requirement, entry.origin) for entry in plan.requirements] == [
        ("setuptools>=61", "backend"),
        ("psutil", "manifest"),
        ("extra", "p"),
    ]
    assert [package.name for package in plan.overlay] == ["extra", "psutil", "setuptools"]
    assert plan.variables == (("A", "1"),)


def test_where_there_is_a_choice_the_versions_of_the_environment_are_preferred_but_not_its_tools(planner, demo):
    requests = []
    made = planner(requests=requests)
    environment = resolution_of(demo, wheel_package("numpy", "1.26"), wheel_package("setuptools", "60"))
    plan = made.plan(demo, environment)
    assert dict(requests[-1].preferred)["numpy"] == "1.26"
    assert "setuptools" not in dict(requests[-1].preferred)
    made.plan(demo, environment, previous=plan)
    assert dict(requests[-1].preferred)["setuptools"] == "90.0"


def test_what_was_learned_stays_in_later_plans(planner, demo):
    torch = wheel_package("torch")
    learned = [
        BuildRequirement(requirement="torch", match_runtime=True, origin="discovery"),
        BuildRequirement(requirement="ninja", origin="get-requires"),
    ]
    first = planner().plan(demo, resolution_of(demo, torch), learned=learned)
    again = planner().plan(demo, resolution_of(demo, torch), previous=first)
    assert again == first
    assert first.mode is BuildMode.MATCHED


def test_a_discovered_match_is_forgotten_with_its_package(planner, demo):
    previous = plan_for(
        demo, requirements=(BuildRequirement(requirement="torch", match_runtime=True, origin="discovery"),)
    )
    plan = planner().plan(demo, resolution_of(demo), previous=previous)
    assert plan.mode is BuildMode.ISOLATED


def test_a_discovered_tool_is_matched_once_the_environment_holds_it(planner, demo):
    previous = plan_for(
        demo,
        requirements=tuple(BuildRequirement(requirement=name, origin="discovery") for name in ("numpy", "cython")),
    )
    resolution = resolution_of(demo, wheel_package("numpy", "2.1"), wheel_package("cython", "3.0"))
    plan = planner().plan(demo, resolution, previous=previous)
    assert [(entry.requirement, entry.match_runtime) for entry in plan.requirements[1:]] == [
        ("numpy", True),
        ("cython", False),
    ]
    back = planner().plan(demo, resolution_of(demo), previous=plan)
    assert [(entry.requirement, entry.match_runtime) for entry in back.requirements[1:]] == [
        ("numpy", False),
        ("cython", False),
    ]


def test_what_the_manifest_drops_leaves_the_plan(planner, demo):
    previous = plan_for(demo, requirements=(BuildRequirement(requirement="psutil"),))
    plan = planner().plan(demo, resolution_of(demo), previous=previous)
    assert [entry.requirement for entry in plan.requirements] == ["setuptools>=61"]


def test_warnings_of_a_plan_are_reported(planner, events, tmp_path):
    package = sdist_package(tmp_path, "needy", pyproject='[build-system]\nrequires = ["numpy<2"]\n')
    resolution = resolution_of(package, wheel_package("numpy", "2.1"))
    planner(no_isolation=NameSelection(everything=True)).plan(package, resolution)
    assert [event.finding.code for event in events.of(FindingReported)] == ["IL414"]


def test_sources_are_read_once(planner, demo, monkeypatch):
    from interlock.builds.sources import source_tree as module

    fetched = []
    real = module.fetch_tree
    monkeypatch.setattr(module, "fetch_tree", lambda *args, **options: fetched.append(1) or real(*args, **options))
    one = planner()
    for _ in range(3):
        one.plan(demo, resolution_of(demo))
    assert fetched == [1]


def test_what_a_local_tree_requires_comes_from_its_own_sources(planner, tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/pyproject.toml").write_text(PYPROJECT)
    artifact = Artifact(kind="directory", url=(tmp_path / "demo").as_uri())
    tree = PyPIPackage(name="demo", version="1.0", artifact=artifact)
    requests = []
    plan = planner(requests=requests).plan(tree, resolution_of(tree))
    assert [(entry.requirement, entry.index) for entry in plan.requirements] == [("setuptools>=61", "demo")]
    assert [(each.text, each.index) for each in requests[0].requirements] == [("setuptools>=61", "demo")]


def script_package(tmp_path, script, pyproject=PYPROJECT):
    path = make_sdist(tmp_path, "scripted", "1.0", {"setup.py": script, "pyproject.toml": pyproject})
    artifact = Artifact(kind="sdist", url=path.as_uri(), filename=path.name, sha256=sha256_of(path))
    return PyPIPackage(name="scripted", version="1.0", artifact=artifact)


SCRIPT = "import torch, numpy, unheard_of\nimport Cython\nfrom setuptools import setup\nsetup(setup_requires=['six'])\n"


def test_what_a_setup_py_imports_and_asks_for_is_planned_before_anything_fails(planner, tmp_path):
    package = script_package(tmp_path, SCRIPT)
    plan = planner().plan(package, resolution_of(package, wheel_package("torch", "2.6"), wheel_package("six")))
    assert plan.mode is BuildMode.MATCHED
    assert plan.requirements[1:] == (
        BuildRequirement(requirement="torch", match_runtime=True, origin="imports", seen="setup.py:1"),
        BuildRequirement(requirement="numpy", origin="imports", seen="setup.py:1"),
        BuildRequirement(requirement="cython", origin="imports", seen="setup.py:2"),
        BuildRequirement(requirement="six", origin="get-requires"),
        BuildRequirement(requirement="ninja", origin="interlock"),
    )
    assert {each.name: each.version for each in plan.overlay} == {
        "torch": "2.6", "setuptools": "90.0", "numpy": "90.0", "cython": "90.0", "six": "90.0", "ninja": "90.0",
    }  # fmt: skip
    assert (
        discovery_note(plan).why
        == "setup.py:1 uses torch, setup.py:1 uses numpy, setup.py:2 uses cython; the lock records that"
    )


def test_what_the_plan_holds_is_not_added_again(planner, tmp_path):
    pyproject = '[build-system]\nrequires = ["setuptools", "torch<2", "numpy", "Cython"]\n'
    package = script_package(tmp_path, SCRIPT, pyproject)
    options = PackageBuildOptions(name="scripted", requirements=(BuildRequirement(requirement="numpy<2"),))
    made = planner(packages=(options,), constraints=())
    plan = made.plan(package, resolution_of(package, wheel_package("torch", "2.6")))
    assert [entry.requirement for entry in plan.requirements if entry.origin == "imports"] == []


@pytest.mark.parametrize(
    "build",
    [
        {"discovery": "off"},
        {"discovery": "suggest"},
        {"packages": (PackageBuildOptions(name="scripted", mode=BuildMode.ISOLATED),)},
    ],
)
def test_imports_are_not_added_where_the_manifest_wants_none(planner, tmp_path, build):
    package = script_package(tmp_path, SCRIPT)
    plan = planner(**build).plan(package, resolution_of(package, wheel_package("torch")))
    assert [entry.requirement for entry in plan.requirements] == ["setuptools>=61", "six"]


def test_imports_that_cannot_be_had_are_left_to_the_build(planner, tmp_path):
    package = script_package(tmp_path, "import pkg_resources\nfrom setuptools import setup\nsetup()\n")
    made = planner()
    resolve = made._resolve

    def picky(request):
        if any(entry.text == "setuptools<82" for entry in request.requirements):
            raise InterlockError(Finding(code="IL301", what="nothing fits"))
        return resolve(request)

    made._resolve = picky
    assert [entry.requirement for entry in made.plan(package, resolution_of(package)).requirements] == [
        "setuptools>=61"
    ]


def test_an_undeclared_build_backend_is_known_by_its_name(planner, tmp_path):
    pyproject = '[build-system]\nrequires = []\nbuild-backend = "setuptools.build_meta"\n'
    package = script_package(tmp_path, "from setuptools import setup\nsetup()\n", pyproject)
    plan = planner().plan(package, resolution_of(package))
    assert [(entry.requirement, entry.seen) for entry in plan.requirements] == [("setuptools", "pyproject.toml")]
    assert planner().why_to_ask(plan, resolution_of(package)) is None


def test_a_plan_says_that_its_build_runs_nvcc_in_any_case(planner, tmp_path):
    script = (
        "from setuptools import setup\nfrom torch.utils.cpp_extension import CUDAExtension\n"
        "setup(ext_modules=[CUDAExtension('x', ['x.cu'])])\n"
    )
    package = script_package(tmp_path, script)
    assert planner().plan(package, resolution_of(package, wheel_package("torch"))).programs == ("nvcc",)


@pytest.fixture
def followed(monkeypatch):
    trees = []

    def follow(tree):
        trees.append(tree)
        return follow_script(tree)

    monkeypatch.setattr(following, "follow_script", follow)
    return trees


@pytest.mark.parametrize("first", ["metadata", "plan"])
def test_the_setup_py_of_an_sdist_is_followed_once_for_its_metadata_and_its_plan(planner, tmp_path, followed, first):
    setup = "from setuptools import setup\nsetup(name='demo', version='1.0', install_requires=['six'])\n"
    archive = make_sdist(tmp_path, "demo", "1.0", {"pyproject.toml": PYPROJECT, "setup.py": setup})
    artifact = Artifact(kind="sdist", url=archive.as_uri(), filename=archive.name, sha256=sha256_of(archive))
    package = PyPIPackage(name="demo", version="1.0", artifact=artifact)
    made = planner()
    if first == "plan":
        made.plan(package, resolution_of(package))
    assert made.static_metadata(package).requires_dist == Known(("six",), "setup.py:2")
    plan = made.plan(package, resolution_of(package))
    assert made.why_to_ask(plan, resolution_of(package)) is None
    assert len(followed) == 1


def test_the_setup_py_of_a_directory_is_followed_as_it_is_now(planner, tmp_path, followed):
    tree = tmp_path / "demo"
    tree.mkdir()
    package = PyPIPackage(name="demo", version="1.0", artifact=Artifact(kind="directory", url="demo"))
    made = planner()
    for count, text in enumerate(["six", "toml"], start=1):
        (tree / "setup.py").write_text(f"from setuptools import setup\nsetup(install_requires=['{text}'])\n")
        assert made.static_metadata(package).requires_dist == Known((text,), "setup.py:2")
        assert len(followed) == count
