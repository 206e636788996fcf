"""Build requirements that nobody declared: found, used, recorded, and explained."""

from __future__ import annotations

import pytest

from interlock_hooks.testing.sdists import Backend
from kit.miniatures import add_torch, add_torch_scatter
from kit.project import Project

pytestmark = pytest.mark.scenario


def discovery(value: str) -> str:
    return f'[tool.interlock.build]\ndiscovery = "{value}"\n'


@pytest.fixture
def undeclared(project: Project) -> Project:
    """``ext`` imports torch when it is built and says so nowhere."""
    add_torch(project.index, "2.6.0", "2.7.0")
    project.index.sdist("ext", "1.0", backend=Backend(imports=["torch"]))
    return project


def test_a_missing_import_is_matched_to_the_resolution(undeclared: Project) -> None:
    undeclared.declare("torch==2.6.0", "ext")
    result = undeclared.install().ok()
    assert undeclared.built("ext")["imports"] == {"torch": "2.6.0"}
    assert undeclared.plan("ext")["mode"] == "matched"
    assert "extra-build-dependencies" in str(result.findings)
    assert "match-runtime" in str(result.findings)


def test_what_was_discovered_holds_for_the_next_install(undeclared: Project) -> None:
    undeclared.declare("torch==2.6.0", "ext")
    undeclared.install().ok()
    undeclared.run("env", "clean").ok()
    undeclared.install("--locked").ok()
    assert undeclared.built("ext")["imports"] == {"torch": "2.6.0"}
    assert undeclared.install().ok().json["changed"] is False


@pytest.mark.parametrize("value", ["suggest", "off"])
def test_discovery_can_be_restrained(undeclared: Project, value: str) -> None:
    undeclared.declare("torch==2.6.0", "ext", extra=discovery(value))
    finding = undeclared.install().failed(3, "IL4")
    assert "torch" in str(finding)
    assert ("match-runtime" in str(finding)) is (value == "suggest")


def test_dynamic_metadata_is_discovered_too(undeclared: Project) -> None:
    add_torch_scatter(undeclared.index, "2.1.2")
    undeclared.declare("torch==2.6.0", "torch-scatter")
    undeclared.make_lock().ok()
    undeclared.install("--locked").ok()
    assert undeclared.built("torch-scatter")["imports"] == {"torch": "2.6.0"}


def test_a_build_waits_for_another_that_it_turns_out_to_import(project: Project) -> None:
    project.index.sdist("earlier", "1.0", backend=Backend(imports=["later"]))
    project.index.sdist("later", "1.0")
    project.declare("earlier", "later", extra="[tool.interlock.build]\njobs = 1\n")
    result = project.install().ok()
    assert [wheel["name"] for wheel in result.json["built"]] == ["earlier", "later"]
    assert project.built("earlier")["imports"] == {"later": "1.0"}
    assert "match-runtime" in str(result.findings)
    assert project.install("--locked").ok().json["changed"] is False


def test_known_build_tools_are_found(project: Project) -> None:
    setup = "from setuptools import setup\nsetup(name='old', version='1.0', packages=['old'])\n"
    pyproject = '[build-system]\nrequires = []\nbuild-backend = "setuptools.build_meta"\n'
    project.index.sdist("old", "1.0", setup_py=setup, pyproject=pyproject)
    project.declare("old")
    project.install().ok()
    assert project.versions() == {"old": "1.0"}


def test_what_a_setup_py_imports_is_planned_without_running_anything(project: Project) -> None:
    add_torch(project.index, "2.6.0")
    setup = "import torch\nfrom setuptools import setup\nsetup(name='ext', version='1.0', packages=['ext'])\n"
    project.index.sdist("ext", "1.0", setup_py=setup)
    project.declare("torch==2.6.0", "ext")
    result = project.make_lock().ok()
    assert not list(project.root.glob(".interlock/logs/*"))
    assert "setup.py:1 uses torch" in str(result.findings)
    assert "is built with torch, which setup.py:1 uses" in project.run("env", "why", "torch").ok().out
    built = project.install("--locked").ok()
    assert [wheel["mode"] for wheel in built.json["built"]] == ["matched"]
    assert project.versions()["ext"] == "1.0"


def test_a_module_is_found_by_contents_not_by_name(project: Project) -> None:
    project.index.wheel("opencv-python", "4.0", modules={"cv2/__init__.py": '__version__ = "4.0"\n'})
    project.index.sdist("ext", "1.0", backend=Backend(imports=["cv2"]))
    project.declare("opencv-python", "ext")
    project.install().ok()
    assert project.built("ext")["imports"] == {"cv2": "4.0"}


def test_a_module_that_nobody_has_is_an_error(project: Project) -> None:
    project.index.sdist("ext", "1.0", backend=Backend(imports=["surely_missing"]))
    project.declare("ext")
    assert "surely_missing" in str(project.install().failed(3, "IL4"))


def test_imports_of_a_build_are_recorded(undeclared: Project) -> None:
    undeclared.declare("torch==2.6.0", "ext")
    result = undeclared.install().ok()
    (built,) = result.json["built"]
    assert built["imports"] == ["torch"]


def test_a_store_rebuilds_exactly_what_imported_what_changed(undeclared: Project) -> None:
    undeclared.index.sdist("alone", "1.0")
    undeclared.index.wheel("other", "1.0")
    undeclared.index.wheel("other", "2.0")
    options = {"no-build-isolation": ["ext", "alone"]}

    def reused(torch: str, other: str) -> dict[str, bool]:
        undeclared.declare(f"torch=={torch}", f"other=={other}", "ext", "alone", pypi_options=options)
        undeclared.run("env", "clean").ok()
        return {entry["name"]: entry["from_store"] for entry in undeclared.install().ok().json["built"]}

    assert reused("2.6.0", "1.0") == {"ext": False, "alone": False}
    assert reused("2.6.0", "2.0") == {"ext": True, "alone": True}
    assert reused("2.7.0", "2.0") == {"ext": False, "alone": True}
    assert undeclared.built("ext")["imports"] == {"torch": "2.7.0"}
    assert reused("2.6.0", "1.0") == {"ext": True, "alone": True}
    assert undeclared.built("ext")["imports"] == {"torch": "2.6.0"}


def test_a_changed_variable_rebuilds_and_changing_it_back_reuses(project: Project) -> None:
    project.index.sdist("ext", "1.0")

    def built(value: str) -> tuple[bool, str]:
        project.declare("ext", extra=f'[tool.uv.extra-build-variables]\next = {{ FLAVOUR = "{value}" }}\n')
        (entry,) = project.install().ok().json["built"]
        return entry["from_store"], project.built("ext")["variables"]["FLAVOUR"]

    assert built("one") == (False, "one")
    assert built("two") == (False, "two")
    assert built("one") == (True, "one")


def test_what_a_build_wants_pip_to_install_is_planned_and_locked(project: Project) -> None:
    run_pip = "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', 'helper'])"
    project.index.wheel("pip", "99", modules={"pip/__init__.py": "", "pip/__main__.py": ""})
    project.index.wheel("helper", "1.0")
    project.index.sdist("ext", "1.0", backend=Backend(on_build=run_pip, imports=["helper"]))
    project.declare("ext")
    project.install().ok()
    assert project.built("ext")["imports"] == {"helper": "1.0"}
    assert {file.partition("-")[0] for file in project.plan("ext")["overlay"]} >= {"pip", "helper"}
    assert "helper" not in project.versions()


def test_a_tool_that_is_too_new_is_held_back(project: Project) -> None:
    said = "'build_ext' object has no attribute 'cython_sources'"
    old = f"import tool\nif tool.__version__ != '2.0': raise AttributeError({said!r})"
    for version in ("2.0", "3.0"):
        project.index.wheel("cython", version, modules={"tool/__init__.py": f'__version__ = "{version}"\n'})
    project.index.sdist("ext", "1.0", backend=Backend(requires=["cython"], on_build=old))
    project.declare("ext")
    result = project.install().ok()
    assert "cython<3" in str(result.findings)


def test_an_isolated_build_prefers_the_versions_of_the_environment(project: Project) -> None:
    for version in ("1.0", "2.0"):
        project.index.wheel("numpy", version)
    project.index.sdist("ext", "1.0", backend=Backend(requires=["numpy"], imports=["numpy"]))
    project.declare("numpy==1.0", "ext")
    project.install().ok()
    assert project.plan("ext")["mode"] == "isolated"
    assert project.built("ext")["imports"] == {"numpy": "1.0"}
