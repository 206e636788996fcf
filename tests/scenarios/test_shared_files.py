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


def test_what_clashes_is_refused_before_anything_is_written(project: Project) -> None:
    # Of this test alone, so that nobody has seen them.
    mark = str(project.root)
    project.index.wheel("old", "1.0", modules={"old.py": ""})
    for name in ("one", "two"):
        project.index.wheel(name, "1.0", modules={f"{name}.py": mark}, scripts={"tool": f"{name}:main"})
    project.index.wheel("evil", "1.0", modules={"evil.py": mark}, scripts={"sky": "evil:main"})
    for version in ("1.0", "2.0", "3.0"):
        project.channel.add("sky", version, files={"bin/sky": f"#!/bin/sh\necho {version} {mark}\n"})
    project.declare("old", conda={"sky": "1.0"})
    project.install().ok()
    before = every_file(project)
    # Both in the same install, with a conda package that would have to be unpacked first.
    for wheels, sky, files in ((["one", "two"], "2.0", "bin/tool"), (["evil"], "3.0", "bin/sky")):
        project.declare("old", *wheels, conda={"sky": sky})
        refused = project.run("env", "install")
        assert (refused.code, "error[IL612]" in refused.err, files in refused.err) == (1, True, True)
        assert "fetch conda" in refused.err
        assert "download wheels" in refused.err
        assert every_file(project) == before
        # Everything is known by now.
        refused = project.run("env", "install")
        assert (refused.code, "✓" in refused.err) == (1, False)
        assert every_file(project) == before
    # With one that is built, once it is.
    project.index.sdist("made", "1.0", modules={"one.py": "other = True\n"})
    project.declare("old", "one", "made", conda={"sky": "1.0"})
    assert "made 1.0 and one 1.0" in str(project.install().failed(1, "IL612"))
    assert project.versions() == {"old": "1.0"}
    project.declare("old", "one", conda={"sky": "3.0"})
    project.install().ok()
    assert set(project.versions()) == {"old", "one"}
    project.run("env", "doctor").ok()


def every_file(project: Project) -> dict[str, tuple[int, int, bytes]]:
    found = ((path, path.lstat()) for path in project.prefix.rglob("*"))
    return {
        str(path): (status.st_ino, status.st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path, status in found
    }


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
