"""`env import`: the packages of other tools' files, in the manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock_hooks.testing.channel import Channel
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario


def test_lists_of_conda_and_pip_are_taken_over(project: Project, tmp_path: Path) -> None:
    project.channel.add("tool", "1.2.3")
    other = Channel(tmp_path / "other")
    other.add("lib", "2.0")
    for name in ("app", "check", "more"):
        project.index.wheel(name, "1.0")
    project.declare()
    manifest = project.root / "pyproject.toml"
    asked = manifest.read_text()
    project.write(
        f"""\
        name: old
        channels: [{other.url}, ./own]
        dependencies:
          - python={PYTHON}
          - tool>=1
          - lib
          - pip:
              - app==1.0 ; sys_platform == 'linux'
        variables: {{ MODE: fast }}
        """,
        "old/environment.yml",
    )
    shown = project.run("env", "import", "old/environment.yml", "--dry-run", "--json").ok()
    assert manifest.read_text() == asked
    assert [(each["name"], each["ecosystem"]) for each in shown.json["added"]] == [
        ("tool", "conda"),
        ("lib", "conda"),
        ("app", "pypi"),
    ]
    assert [(each["code"], each["severity"]) for each in shown.findings] == [
        ("IL144", "warning"),
        ("IL144", "warning"),
        ("IL144", "note"),
    ]
    assert "own" in shown.findings[0]["what"]
    done = project.run("env", "import", "old/environment.yml", "--no-install", "--json").ok()
    assert {each["key"]: each["new"] for each in done.json["written"]} == {
        "tool.pixi.workspace.channels[1]": other.url,
        "tool.pixi.dependencies.tool": ">=1",
        "tool.pixi.dependencies.lib": ">=2.0,<3",
        "project.dependencies[0]": "app==1.0 ; sys_platform == 'linux'",
    }

    project.write("from setuptools import setup\nsetup(name='own', py_modules=[])\n", "own/setup.py")
    project.write("-r more.txt\ncheck>=1\n-e ../own\n", "lists/test.txt")
    project.write("more\n", "lists/more.txt")
    project.run("env", "import", "lists/test.txt", "--no-install", "--json").ok()
    text = manifest.read_text()
    assert '"check>=1"' in text
    assert '"more>=1.0"' in text
    assert 'own = { path = "./own", editable = true }' in text
    assert project.locked() == {"app": "1.0", "check": "1.0", "more": "1.0", "own": "0.0.0"}
    again = project.run("env", "import", "lists/test.txt", "--no-install", "--json").ok()
    assert (again.json["changed"], again.json["written"]) == (False, [])

    project.write("check==0.5\n--pre\n", "lists/other.txt")
    told = project.run("env", "import", "lists/other.txt", "--no-install", "--json").ok().findings
    assert [(each["severity"], each["what"].partition(" stays")[0]) for each in told] == [
        ("warning", "not taken over: the settings prerelease"),
        ("warning", "check"),
    ]
    project.write("odd==1 ; os_name == 'nt'\nodd==2 ; os_name == 'posix'\n", "lists/twice.txt")
    twice = project.run("env", "import", "lists/twice.txt", "-f", "test", "--json")
    assert "with one marker" in twice.failed(2, "IL132")["why"]
    project.write("odd==1\nodd @ https://host.example/odd-2.zip\n", "lists/sources.txt")
    project.run("env", "import", "lists/sources.txt", "-f", "test", "--json").failed(2, "IL145")
    project.write("dependencies: ['lib>=1', 'lib<3', {'sel(osx)': other}]\nchannels: []\n", "lists/both.yml")
    both = project.run("env", "import", "lists/both.yml", "-f", "test", "--dry-run", "--json").ok()
    assert [each["new"] for each in both.json["written"]] == [">=1,<3"]
    assert any("other platforms" in each["what"] for each in both.findings)

    project.write("dependencies: ['lib[md5=d41d8cd98f00b204e9800998ecf8427e]']\n", "lists/hash.yml")
    project.run("env", "import", "lists/hash.yml", "-f", "test", "--json").failed(2, "IL1")
    project.write("dependencies: ['lib>=1', 'lib<1|>3']\n", "lists/either.yml")
    project.run("env", "import", "lists/either.yml", "-f", "test", "--json").failed(2, "IL145")

    before = manifest.read_bytes(), project.lock_file.read_bytes()
    project.write("absent>=1\n", "lists/bad.txt")
    failed = project.run("env", "import", "lists/bad.txt", "--json")
    assert failed.code == 1
    assert (manifest.read_bytes(), project.lock_file.read_bytes()) == before
    project.root.joinpath("lists/odd.yml").write_bytes(b"\xff\xfe")
    project.run("env", "import", "lists/odd.yml", "--json").failed(2, "IL102")
    project.root.joinpath("lists/odd.txt").write_bytes(b"\xff\xfe")
    assert project.run("env", "import", "lists/odd.txt", "--json").failed(2, "IL1")
    project.write("dependencies: 7\n", "lists/wrong.yaml")
    assert (
        project.run("env", "import", "lists/wrong.yaml", "--json")
        .failed(2, "IL1")["where"]["file"]
        .endswith("wrong.yaml")
    )
    project.run("env", "import", "lists/none.txt", "--json").failed(2, "IL145")
    project.run("env", "import", "own/setup.py", "--json").failed(2, "IL145")
