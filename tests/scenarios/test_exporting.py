"""``env export``: other tools read what comes out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from kit.dockerfile import run_dockerfile
from kit.peers import installed_by_uv
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

ROOT = Path(__file__).parents[2]


def test_what_is_exported_installs_with_the_tools_that_it_is_for(project: Project, tmp_path: Path) -> None:
    project.channel.add_distribution("array", "1.0", python=PYTHON)
    project.channel.add_distribution("pip", "25.0", python=PYTHON)
    project.index.wheel("app", "1.0", requires=["array", "more"])
    project.index.wheel("more", "1.0")
    project.index.wheel("more", "2.0")
    project.index.sdist("ext", "1.0", requires=["more"])
    project.declare("app", "ext", "more<2", conda={"array": "*"})

    # The lock is made for it, and what the format cannot say is told.
    done = project.run("env", "export", "--format", "pylock", "-o", "pylock.toml", "--json").ok()
    assert [finding["code"] for finding in done.findings] == ["IL640"]
    assert (done.json["file"], done.json["changed"], done.json["text"]) == ("pylock.toml", True, None)
    assert project.root.joinpath("interlock.lock").is_file()
    assert "is up to date" in project.run("env", "export", "-f", "pylock", "-o", "pylock.toml").ok().out
    assert installed_by_uv(project, tmp_path / "a", "pylock.toml") == {"app": "1.0", "ext": "1.0", "more": "1.0"}

    requirements = project.run("env", "export", "--format", "requirements", "--locked").ok()
    assert "conda supplies" in requirements.err
    project.write(requirements.out, "requirements.txt")
    assert installed_by_uv(project, tmp_path / "b", "requirements.txt") == {"app": "1.0", "ext": "1.0", "more": "1.0"}

    # Interlock itself reads environment.yml and explicit files as conda does. conda installs PyPI packages with pip.
    for name, format_name in (("environment.yml", "environment-yml"), ("explicit.txt", "conda-explicit")):
        project.run("env", "export", "--format", format_name, "-o", f"again/{name}").ok()
    project.run("env", "lock", "--manifest-path", "again/environment.yml").ok()
    ours, again = (_locked(project, args) for args in ((), ("--manifest-path", "again/environment.yml")))
    assert again == {**ours, "pip": "25.0"}
    project.root.joinpath("again/interlock.lock").unlink()
    project.run("env", "lock", "--manifest-path", "again/explicit.txt").ok()
    explicit = _locked(project, ("--manifest-path", "again/explicit.txt"))
    assert explicit == {name: version for name, version in ours.items() if name not in ("app", "ext", "more")}


def test_what_cannot_be_exported_says_why(project: Project) -> None:
    project.declare()
    outdated = project.run("env", "export", "--format", "pylock", "--locked", "--json")
    outdated.failed(1, "IL605")
    unknown = project.run("env", "export", "--format", "pylock", "-e", "nope", "--json")
    unknown.failed(2, "IL112")
    project.make_lock().ok()
    elsewhere = project.run("env", "export", "--format", "pylock", "-p", "osx-64", "--json")
    elsewhere.failed(2, "IL115")
    project.write("a file", "folder")
    unwritable = project.run("env", "export", "--format", "pylock", "-o", "folder/pylock.toml", "--json")
    unwritable.failed(1, "IL647")


def _locked(project: Project, args: tuple[str, ...]) -> dict[str, str]:
    listed = project.run("env", "list", "--json", *args).ok().json["packages"]
    return {package["name"]: package["version"] for package in listed}


@pytest.fixture
def docker(project: Project, tmp_path: Path) -> Mapping[str, str]:
    """The variables of a machine that builds images: Interlock is there already, and no index has it."""
    programs = tmp_path / "image" / "bin"
    programs.mkdir(parents=True)
    programs.joinpath("pip").symlink_to("/bin/true")
    return project.environment(path=[programs, Path(sys.executable).parent])


def test_the_commands_of_a_dockerfile_make_an_environment_that_runs_alone(
    project: Project, docker: Mapping[str, str], tmp_path: Path
) -> None:
    project.index.sdist("ext", "1.0")
    project.write("from setuptools import setup\nsetup(name='own', py_modules=['own'])\n", "own/setup.py")
    project.write("VALUE = 7\n", "own/own.py")
    extra = '[tool.pixi.pypi-dependencies]\nown = { path = "own" }\n[tool.pixi.activation.env]\nMODE = "fast"\n'
    project.declare("ext", extra=extra)
    text = project.run("env", "export", "--format", "dockerfile").ok().out
    image = tmp_path / "image" / "app"
    check = "import os, ext, own; print(own.VALUE, os.environ['MODE'], os.path.dirname(os.__file__))"
    shown = run_dockerfile(text, project.root, image, docker, "python", "-c", check)
    assert shown.split()[:2] == ["7", "fast"]
    assert shown.split()[2].startswith(f"{image}/.interlock/envs/default/lib/python")


def test_the_recipe_for_docker(project: Project, docker: Mapping[str, str], tmp_path: Path) -> None:
    recipe = (ROOT / "recipes/docker/Dockerfile").read_text(encoding="utf-8")
    image = tmp_path / "image" / "app"
    project.index.sdist("ext", "1.0")
    project.declare("ext", extra='[tool.pixi.activation.env]\nMODE = "fast"\n')
    project.make_lock().ok()
    project.write("print('trained')\n", "train.py")
    check = "import os, ext, runpy; runpy.run_path('train.py'); print(os.environ['MODE'], ext.__file__)"
    shown = run_dockerfile(recipe, project.root, image, docker, "python", "-c", check).split()
    assert shown[:2] == ["trained", "fast"]
    assert shown[2].startswith(f"{image}/.interlock/envs/default/lib/python")
    # The machine's own environment is not copied into the image.
    assert ".interlock" in (ROOT / "recipes/docker/dockerignore").read_text(encoding="utf-8").splitlines()
    project.declare("ext>=1")
    with pytest.raises(subprocess.CalledProcessError, match="lock --check"):
        run_dockerfile(recipe, project.root, tmp_path / "again" / "app", docker)
