"""Prefixes where packages want the same files, or where others have worked, with the real engines."""

from __future__ import annotations

import shutil

import pytest

from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

SITE = f"lib/python{PYTHON}/site-packages"


@pytest.fixture
def standing(project: Project) -> Project:
    """An environment with a package from each side."""
    project.index.wheel("app", "1.0")
    project.channel.add("tool", "1.0", files={f"{SITE}/tool/__init__.py": "origin = 'conda'\n", "share/tool": "one"})
    project.declare("app", conda={"tool": "*"})
    project.install().ok()
    return project


def test_a_wheel_never_covers_files_of_conda(standing: Project) -> None:
    standing.index.wheel("evil", "1.0", modules={"tool/__init__.py": "origin = 'wheel'\n", "evil.py": ""})
    standing.declare("app", "evil", conda={"tool": "*"})
    finding = standing.install().failed(1, "IL612")
    assert "evil 1.0 and the conda package tool" in str(finding)
    assert standing.python("import tool; print(tool.origin)") == "conda"
    assert standing.versions() == {"app": "1.0"}
    standing.declare("app", conda={"tool": "*"})
    standing.install().ok()
    assert standing.install().ok().json["changed"] is False


def test_wheels_never_cover_files_of_each_other(standing: Project) -> None:
    standing.index.wheel("evil", "1.0", modules={"app/__init__.py": "__version__ = 'of another'\n"})
    standing.declare("app", "evil", conda={"tool": "*"})
    finding = standing.install().failed(1, "IL612")
    assert "evil 1.0 and app 1.0" in str(finding)
    assert standing.python("import app; print(app.__version__)") == "1.0"


def test_a_namespace_may_be_shared(standing: Project) -> None:
    for name in ("one", "two"):
        standing.index.wheel(name, "1.0", modules={"shared/__init__.py": "", f"shared/{name}.py": f"name = '{name}'\n"})
    standing.declare("app", "one", "two", conda={"tool": "*"})
    standing.install().ok()
    assert standing.python("import shared.one, shared.two; print(shared.two.name)") == "two"


def test_what_was_deleted_comes_back(standing: Project) -> None:
    shutil.rmtree(standing.prefix / SITE / "app")
    shutil.rmtree(standing.prefix / SITE / "tool")
    standing.install().ok()
    assert standing.python("import app, tool; print(app.__version__, tool.origin)") == "1.0 conda"
    assert standing.install().ok().json["changed"] is False


def test_a_distribution_moves_from_the_index_to_conda_and_back(project: Project) -> None:
    project.index.wheel("num", "1.0", modules={"num/__init__.py": "origin = 'index'\n"})
    project.channel.add_distribution("num", "1.0", python=PYTHON)
    for conda, origin in (({}, "index"), ({"num": "*"}, "conda"), ({}, "index")):
        project.declare("num", conda=conda)
        project.install().ok()
        assert project.python("import num; print(num.origin)") == origin
        assert len(list((project.prefix / SITE).glob("num-*.dist-info"))) == 1


def test_a_project_that_is_copied_gets_an_environment_of_its_own(standing: Project) -> None:
    old = standing.root
    standing.root = old.with_name("copy")
    shutil.copytree(old, standing.root, symlinks=True)
    assert standing.install().ok().json["changed"] is True
    assert standing.python("import sys; print(sys.prefix)") == str(standing.prefix)
    assert standing.install().ok().json["changed"] is False


def test_an_environment_of_another_tool_is_left_alone(project: Project) -> None:
    meta = project.prefix / "conda-meta"
    meta.mkdir(parents=True)
    (meta / "history").write_text("==> 2026-01-01 <==\n# cmd: conda create\n")
    (meta / "zlib-1.3-0.json").write_text("{}")
    project.declare()
    assert "conda" in str(project.install().failed(1, "IL617"))
    assert sorted(path.name for path in meta.iterdir()) == ["history", "zlib-1.3-0.json"]
    # Without packages, what is beside them may be somebody's.
    (meta / "zlib-1.3-0.json").rename(project.prefix / "mine")
    assert "conda" in str(project.install().failed(1, "IL617"))
    assert (project.prefix / "mine").is_file()
