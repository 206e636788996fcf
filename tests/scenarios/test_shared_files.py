"""Files that several packages bring: they stay as long as one of their owners does, with the real engines."""

from __future__ import annotations

import pytest

from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

SITE = f"lib/python{PYTHON}/site-packages"
NAMESPACE = "kind = 'namespace'\n"


@pytest.fixture
def owners(project: Project) -> Project:
    """Wheels and a conda package that bring the same module, and wheels that bring the same command."""
    for name in ("one", "two", "six"):
        modules = {"ns/__init__.py": NAMESPACE, f"ns/{name}.py": "def main(): print('run')\n"}
        project.index.wheel(name, "1.0", modules=modules, scripts={"tool": "ns:main"})
    project.index.wheel("one", "2.0", modules={"one.py": ""})
    project.channel.add("sky", "1.0", files={f"{SITE}/ns/__init__.py": NAMESPACE, "share/sky": ""})
    project.channel.add("sky", "2.0", files={"share/sky": "2"})
    return project


def is_whole(project: Project, *names: str, shared: bool = True) -> bool:
    """Whether the environment has the packages, everything in it is whole, and shared files are there or not."""
    project.run("env", "doctor").ok()
    assert set(project.versions()) == set(names)
    assert (project.prefix / "bin/tool").exists() is bool(names)
    assert project.install().ok().json["changed"] is False
    return (project.site_packages / "ns/__init__.py").exists() is shared


@pytest.mark.parametrize("order", [("one", "two", "six"), ("six", "two", "one")], ids="-".join)
def test_wheels_go_in_any_order(owners: Project, order: tuple[str, ...]) -> None:
    left = [f"{name}==1.0" for name in order]
    owners.declare(*left)
    owners.install().ok()
    for number in range(1, 4):
        owners.declare(*left[number:])
        owners.install().ok()
        assert is_whole(owners, *order[number:], shared=number < 3)


def test_an_upgrade_that_drops_the_shared_file(owners: Project) -> None:
    owners.declare("one==1.0", "two")
    owners.install().ok()
    owners.declare("one==2.0", "two")
    owners.install().ok()
    assert is_whole(owners, "one", "two")
    assert owners.python("import ns.two, one; print(ns.kind)") == "namespace"


def test_a_wheel_leaves_what_conda_owns_too(owners: Project) -> None:
    owners.declare("two", conda={"sky": "1.0"})
    owners.install().ok()
    owners.declare(conda={"sky": "1.0"})
    owners.install().ok()
    assert is_whole(owners)


@pytest.mark.parametrize("conda", [{}, {"sky": "2.0"}], ids=["gone", "upgraded"])
def test_conda_leaves_what_a_wheel_owns_too(owners: Project, conda: dict[str, str]) -> None:
    owners.declare("two", conda={"sky": "1.0"})
    owners.install().ok()
    owners.declare("two", conda=conda)
    owners.install().ok()
    assert is_whole(owners, "two")


def test_conda_never_covers_files_of_a_wheel(project: Project) -> None:
    project.index.wheel("app", "1.0", modules={"app.py": "origin = 'wheel'\n"})
    project.channel.add("sky", "1.0", files={f"{SITE}/app.py": "origin = 'conda'\n"})
    project.declare("app")
    project.install().ok()
    project.declare("app", conda={"sky": "*"})
    assert "app 1.0 and the conda package sky" in str(project.install().failed(1, "IL612"))
    project.declare("app")
    project.install().ok()
    assert project.python("import app; print(app.origin)") == "wheel"
