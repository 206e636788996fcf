"""Conda packages from sources with a recipe: built on this machine, and locked by their source."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

import pytest

from interlock_hooks.testing.channel import PLATFORM
from interlock_hooks.testing.result import Result
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

HELLO = """\
    package: {name: hello, version: "1.0"}
    source: [{path: .}, {path: ../shared}]
    build:
      noarch: generic
      script:
        - mkdir -p $PREFIX/bin
        - cp hello.sh $PREFIX/bin/hello
        - cat words.txt >> $PREFIX/bin/hello
        - chmod +x $PREFIX/bin/hello
    requirements:
      host: [tool]
      run: [base]
    """
MANIFEST = """\
    [workspace]
    name = "demo"
    channels = ["CHANNEL"]
    platforms = ["linux-64", "osx-arm64"]
    preview = ["pixi-build"]
    [dependencies]
    hello = { path = "pkg" }
    [feature.other.dependencies]
    lib = { path = "cmake" }
    [environments]
    other = ["other"]
    """


def write(project: Project) -> None:
    project.channel.add("tool", "1.0", noarch="generic")
    project.channel.add("base", "1.0", noarch="generic")
    project.write(HELLO, "pkg/recipe.yaml")
    project.write("#!/bin/sh\n", "pkg/hello.sh")
    project.write("echo one\n", "shared/words.txt")
    project.write('[package.build]\nbackend = { name = "pixi-build-cmake", version = "*" }\n', "cmake/pixi.toml")
    project.write(MANIFEST.replace("CHANNEL", project.channel.url), "pixi.toml")


def said(project: Project, *args: str) -> str:
    return project.run("env", *args).ok().out


def codes(result: Result) -> list[str]:
    return [found["code"] for found in result.findings]


def hello(project: Project) -> Mapping[str, object]:
    (found,) = (entry for entry in project.lock["conda"] if entry["name"] == "hello")
    return found


@pytest.mark.disk
def test_a_recipe_is_built_once_for_each_content_of_its_source(project: Project) -> None:
    write(project)
    # Only the environment with a source of another kind is refused.
    assert codes(project.install().ok()) == ["IL114"]
    assert list(project.lock["environments"]) == ["default"]
    platforms = project.lock["environments"]["default"]["platforms"]
    here, there = (platforms[name]["conda"]["records"] for name in (PLATFORM, "osx-arm64"))
    assert (here, len(here)) == (there, 2)
    assert said(project, "run", "hello") == "one\n"
    assert hello(project)["built-from"]["url"] == "./pkg"
    assert str(hello(project)["url"]).startswith("./.interlock/channel/pkg-")
    image = said(project, "export", "--format", "dockerfile", "--locked").splitlines()
    assert {'COPY ["pkg", "pkg"]', 'COPY ["shared", "shared"]'} <= set(image)
    assert any("'interlock[channel]==" in line for line in image)
    # What is beside the directory counts as well.
    project.write("echo two\n", "shared/words.txt")
    assert project.install("--locked").code == 1
    before = project.lock_file.read_text()
    project.install().ok()
    assert said(project, "run", "hello") == "two\n"
    assert len(list((project.root / ".interlock/channel").glob("pkg-*"))) == 2
    # A build that fails leaves everything as it was.
    after = project.lock_file.read_text()
    assert after != before
    project.write(HELLO.replace("- cp hello.sh", "- cat nothing\n        - cp hello.sh"), "pkg/recipe.yaml")
    failed = project.install().failed(3, "IL491")
    assert any("nothing: No such file" in line for line in failed["details"])
    assert project.lock_file.read_text() == after
    project.write(HELLO, "pkg/recipe.yaml")
    # Another clone has the sources, but not the packages.
    shutil.rmtree(project.root / ".interlock")
    assert "IL496" in codes(project.install("--locked").ok())
    assert project.lock_file.read_text() == after
    assert said(project, "run", "hello") == "two\n"
    assert "built from" in said(project, "list")
    assert "built from" in said(project, "why", "hello")
    said(project, "clean")
    assert not (project.root / ".interlock/channel").exists()


def test_a_recipe_is_built_for_the_variants_of_the_workspace(project: Project) -> None:
    for version in ("1.0", "2.0", "3.0"):
        project.channel.add("tool", version, noarch="generic", files={"share/tool": version})
    script = "build: {noarch: generic, script: [mkdir $PREFIX/hello, cp $PREFIX/share/tool $PREFIX/hello/tool]}\n"
    project.write(
        f'package: {{name: hello, version: "1"}}\n{script}requirements: {{host: [tool]}}\n', "pkg/recipe.yaml"
    )
    project.write("tool: [3.*]\n", "pkg/variants.yaml")
    project.write("tool: [2.*]\n", "first.yaml")
    project.write("tool: [1.*]  # [linux]\n", "pins/conda_build_config.yaml")
    plain = f'[workspace]\nchannels = ["{project.channel.url}"]\nplatforms = ["{PLATFORM}"]\npreview = ["pixi-build"]\n'
    asked = '[dependencies]\nhello = { path = "pkg" }\n'
    for variants, tool in (
        ("", "3.0"),
        ('build-variants-files = ["pins/conda_build_config.yaml"]\n', "1.0"),
        ('build-variants-files = ["first.yaml", "pins/conda_build_config.yaml"]\n', "2.0"),
        ('build-variants = { tool = ["2.*"] }\ntarget = { linux = { build-variants = { tool = ["1.*"] } } }\n', "1.0"),
    ):
        project.write(plain + variants + asked, "pixi.toml")
        project.install().ok()
        assert (project.prefix / "hello/tool").read_text() == tool
    assert project.install("--locked").ok().json["changed"] is False
    project.write(plain + 'build-variants-files = ["gone.yaml"]\n' + asked, "pixi.toml")
    assert "gone.yaml" in project.make_lock().failed(2, "IL120")["what"]


def test_a_package_with_python_is_one_of_this_machine_s_platform(project: Project) -> None:
    project.write(
        """\
        package: {name: answer, version: "2.0"}
        build:
          script: $PYTHON -c "import sysconfig; open(sysconfig.get_path('purelib') + '/answer.py', 'w').write('X = 42')"
        requirements:
          host: [python]
          run: [python]
        """,
        "recipe/recipe.yaml",
    )
    project.declare(conda={"answer": {"path": "."}}, workspace={"platforms": [PLATFORM, "osx-arm64"]})
    assert codes(project.install().ok()) == ["IL493"]
    assert project.python("import answer; print(answer.X)") == "42"
    assert "osx-arm64" not in project.lock["environments"]["default"]["platforms"]
    assert PYTHON in project.conda_versions()["python"]
    assert project.make_lock("--check").failed(3, "IL493")
