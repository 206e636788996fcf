"""Builds: what each mode lets them see, which toolchain they use, and what must never reach them."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock_hooks.testing.files import write_tree
from interlock_hooks.testing.sdists import Backend
from kit.miniatures import add_torch
from kit.project import PYTHON, Project
from kit.toolkit import add_toolkit

pytestmark = pytest.mark.scenario
# One build of each kind shows that confinement leaves it what it needs.
confined = pytest.mark.disk

SEES_TORCH = Backend(requires=["helper"], imports=["torch", "helper"])
MATCH_TORCH = """
[tool.uv.extra-build-dependencies]
ext = [{ requirement = "torch", match-runtime = true }]
"""


@pytest.fixture
def torched(project: Project) -> Project:
    """Two torches, and ``ext``, which imports torch when it is built without declaring it."""
    add_torch(project.index, "2.6.0", "2.7.0")
    project.index.wheel("helper", "1.0")
    project.index.sdist("ext", "1.0", requires=["torch"], backend=SEES_TORCH)
    return project


@confined
def test_an_isolated_build_sees_its_requirements_only(project: Project) -> None:
    project.index.wheel("app", "1.0")
    project.index.wheel("helper", "1.0")
    project.index.sdist("ext", "1.0", backend=Backend(requires=["helper"], imports=["helper"]))
    project.declare("app", "ext")
    project.install().ok()
    assert project.built("ext")["distributions"] == {"helper": "1.0"}
    assert project.versions() == {"app": "1.0", "ext": "1.0"}
    assert project.plan("ext")["mode"] == "isolated"


def test_what_the_backend_asks_for_is_locked_and_used_frozen(project: Project) -> None:
    project.index.wheel("asked", "1.0")
    project.index.sdist("ext", "1.0", backend=Backend(get_requires=["asked"], imports=["asked"]))
    project.declare("ext")
    project.make_lock().ok()
    assert project.plan("ext")["overlay"] == {"asked": "1.0"}
    project.index.wheel("asked", "2.0")
    asked = len(project.index.served.requests)
    project.install("--frozen").ok()
    assert not [path for path in project.index.served.requests[asked:] if "/simple/" in path]
    assert project.built("ext")["imports"] == {"asked": "1.0"}
    assert "asked" not in project.versions()


@confined
def test_a_matched_build_sees_exactly_what_was_resolved(torched: Project) -> None:
    torched.index.wheel("other", "1.0")
    torched.declare("ext", "other", "torch==2.6.0", extra=MATCH_TORCH)
    torched.install().ok()
    built = torched.built("ext")
    assert built["imports"] == {"torch": "2.6.0", "helper": "1.0"}
    assert built["distributions"] == {"torch": "2.6.0", "typing-extensions": "4.12.0", "helper": "1.0"}
    plan = torched.plan("ext")
    assert plan["mode"] == "matched"
    assert plan["overlay"]["torch"] == "2.6.0"
    assert "helper" not in torched.versions()


def test_a_matched_build_follows_the_runtime(torched: Project) -> None:
    torched.declare("ext", "torch==2.6.0", extra=MATCH_TORCH)
    torched.install().ok()
    torched.declare("ext", "torch==2.7.0", extra=MATCH_TORCH)
    torched.install().ok()
    assert torched.built("ext")["imports"]["torch"] == "2.7.0"


@confined
def test_a_build_without_isolation_sees_the_environment_and_an_overlay(torched: Project) -> None:
    torched.index.wheel("other", "1.0")
    torched.declare("ext", "other", "torch==2.6.0", pypi_options={"no-build-isolation": ["ext"]})
    torched.install().ok()
    built = torched.built("ext")
    assert built["imports"] == {"torch": "2.6.0", "helper": "1.0"}
    assert built["distributions"]["other"] == "1.0"
    assert "helper" not in torched.versions()
    assert torched.plan("ext")["mode"] == "no-isolation"


def test_a_conda_provided_match_comes_from_the_same_record(torched: Project) -> None:
    torched.channel.add_distribution("torch", "2.5.1", python=PYTHON, conda_name="pytorch")
    torched.declare("ext", conda={"pytorch": "2.5.*"}, extra=MATCH_TORCH)
    torched.install().ok()
    assert torched.built("ext")["imports"]["torch"] == "2.5.1"
    assert torched.python("import torch; print(torch.origin)") == "conda"


@confined
def test_old_sdists_get_setuptools_without_asking(project: Project) -> None:
    setup = "from setuptools import setup\nsetup(name='old', version='1.0', packages=['old'])\n"
    project.index.sdist("old", "1.0", setup_py=setup)
    project.declare("old")
    project.install().ok()
    assert project.versions() == {"old": "1.0"}


def test_setuptools_of_the_environment_does_not_leak_into_an_isolated_build(project: Project) -> None:
    project.channel.add_distribution("setuptools", "1.0", python=PYTHON)
    setup = "import setuptools, kit_built\nkit_built.write('old', ['setuptools'])\n"
    setup += "setuptools.setup(name='old', version='1.0', packages=['old'], package_data={'old': ['built.json']})\n"
    setup = "import sys; sys.path.insert(0, '.')\n" + setup
    project.index.sdist("old", "1.0", setup_py=setup)
    project.declare("old", conda={"setuptools": "*"})
    project.install().ok()
    assert project.built("old")["imports"]["setuptools"] != "1.0"


# -- the toolchain ---------------------------------------------------------------------------------------------------


@pytest.fixture
def fake_nvcc(tmp_path: Path) -> Path:
    """A directory with an nvcc that must not be used."""
    return write_tree(tmp_path / "fake", {"bin/nvcc": "#!/bin/sh\necho the wrong nvcc\n"}) / "bin"


@pytest.mark.parametrize("mode", ["isolated", "no-isolation"])
def test_the_nvcc_of_the_prefix_is_used(project: Project, fake_nvcc: Path, mode: str) -> None:
    add_toolkit(project.channel, "12.4.1")
    project.index.sdist("ext", "1.0")
    listed = ["ext"] if mode == "no-isolation" else []
    project.declare("ext", conda={"cuda-nvcc": "12.4.*"}, pypi_options={"no-build-isolation": listed})
    stray = {"CUDA_HOME": str(fake_nvcc.parent), "CUDA_PATH": str(fake_nvcc.parent)}
    project.install(path=[fake_nvcc], variables={"CONDA_OVERRIDE_CUDA": "12.4", **stray}).ok()
    built = project.built("ext")
    assert built["nvcc"] == str(project.prefix / "bin" / "nvcc")
    assert "stub nvcc" in built["nvcc_says"]
    assert built["variables"]["CUDA_HOME"] == str(project.prefix)
    assert built["variables"]["KIT_TOOLKIT"] == "12.4.1"
    assert built["variables"]["CONDA_PREFIX"] == str(project.prefix)
    assert str(project.prefix / "targets/x86_64-linux/include") in built["variables"].get("CPATH", "")


def test_a_build_without_a_toolkit_finds_no_nvcc(project: Project, fake_nvcc: Path) -> None:
    project.index.sdist("ext", "1.0")
    project.declare("ext")
    project.install(path=[fake_nvcc]).ok()
    assert project.built("ext")["nvcc"] is None


def test_stray_variables_of_the_caller_do_not_reach_a_build(project: Project) -> None:
    project.index.sdist("ext", "1.0")
    project.declare("ext")
    stray = {"CC": "wrong-cc", "CFLAGS": "-wrong", "PIP_INDEX_URL": "wrong", "UV_INDEX_URL": "wrong", "MY_OWN": "x"}
    project.install(variables=stray).ok()
    assert not set(stray) & set(project.built("ext")["variables"])
    assert not [entry for entry in project.built("ext")["path"] if "plugins" in entry]


def test_variables_of_one_package_do_not_reach_another(project: Project) -> None:
    project.index.sdist("one", "1.0")
    project.index.sdist("two", "1.0")
    extra = """
    [tool.uv.extra-build-variables]
    one = { SPECIAL = "yes" }
    """
    project.declare("one", "two", extra=extra)
    project.install().ok()
    assert project.built("one")["variables"]["SPECIAL"] == "yes"
    assert "SPECIAL" not in project.built("two")["variables"]


def test_a_build_has_the_same_toolchain_as_env_run(project: Project) -> None:
    add_toolkit(project.channel, "12.4.1")
    project.index.sdist("ext", "1.0")
    project.declare("ext", conda={"cuda-toolkit": "12.4.*"})
    project.install(variables={"CONDA_OVERRIDE_CUDA": "12.4"}).ok()
    printed = project.run("env", "run", "--", "env", variables={"CONDA_OVERRIDE_CUDA": "12.4"}).ok().out
    variables = dict(line.split("=", 1) for line in printed.splitlines() if "=" in line)
    built = project.built("ext")["variables"]
    for name in ("CONDA_PREFIX", "CUDA_HOME", "KIT_TOOLKIT", "CPATH"):
        assert built.get(name) == variables.get(name), name


# -- what a build must not do ----------------------------------------------------------------------------------------


def test_another_version_than_resolved_is_refused(project: Project) -> None:
    project.index.sdist("ext", "1.0", backend=Backend(wheel_version="2.0"))
    project.declare("ext")
    finding = project.install().failed(3, "IL4")
    assert "1.0" in str(finding)
    assert "2.0" in str(finding)
    assert "ext" not in project.versions()


def test_another_name_than_asked_for_is_refused(project: Project) -> None:
    project.index.sdist("ext", "1.0", backend=Backend(wheel_name="ext-lite"))
    project.declare("ext")
    finding = project.install().failed(3, "IL4")
    assert "lite" in str(finding)


def test_a_build_that_prints_megabytes_is_logged_in_full(project: Project) -> None:
    project.index.sdist("ext", "1.0", backend=Backend.printing(megabytes=3))
    project.declare("ext")
    result = project.install().ok()
    assert len(result.err) < 100_000
    logs = list((project.root / ".interlock" / "logs").rglob("*ext*"))
    assert max(log.stat().st_size for log in logs if log.is_file()) >= 3 << 20


def test_builds_follow_their_dependencies(project: Project) -> None:
    project.index.sdist("base", "1.0")
    project.index.sdist("above", "1.0", requires=["base"], backend=Backend(imports=["base"]))
    project.declare("above", "base", pypi_options={"no-build-isolation": ["above", "base"]})
    project.install().ok()
    assert project.built("above")["imports"] == {"base": "1.0"}
