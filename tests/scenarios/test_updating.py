"""`env update` and `env upgrade`: versions move forward, and what need not move does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from interlock_hooks.testing.result import Result
from interlock_hooks.testing.sdists import Backend
from kit.git import Repository
from kit.pipes import Pipe
from kit.project import Project

pytestmark = pytest.mark.scenario

ENVIRONMENTS = """
[tool.pixi.feature.test.dependencies]
tool = "*"

[tool.pixi.environments]
test = ["test"]
"""


def changes(done: Result) -> dict[str, dict[str, str]]:
    """The kinds of change in a document, by environment and package."""
    environments = done.ok().json["environments"]
    return {
        each["environment"]: {change["name"]: change["kind"] for change in each["changes"]}
        for each in environments
        if each["changes"]
    }


def test_what_is_named_moves_and_what_it_forces(project: Project) -> None:
    channel, index = project.channel, project.index
    channel.add("tool", "1.0", depends=["base <2"])
    channel.add("base", "1.0")
    channel.add("steady", "1.0")
    index.wheel("torch", "2.6.0", modules={"torch/__init__.py": "VERSION = '2.6.0'\n"})
    index.wheel("calm", "1.0")
    backend = Backend(requires=["torch"], on_build="import torch\nassert torch.VERSION\n")
    index.sdist("ext", "1.0", requires=["torch"], backend=backend)
    project.declare("torch", "ext", "calm", conda={"tool": "*", "base": "*", "steady": "*"}, extra=ENVIRONMENTS)
    manifest, lock = project.root / "pyproject.toml", project.lock_file
    asked = manifest.read_bytes()
    project.run("env", "outdated", "--json").failed(2, "IL141")
    assert project.run("env", "update", "calm", "--json").failed(2, "IL141")["what"].startswith("there is nothing to")
    project.make_lock().ok()
    channel.add("tool", "2.0", depends=["base >=2"])
    channel.add("base", "2.0")
    channel.add("steady", "2.0")
    index.wheel("torch", "2.7.0", modules={"torch/__init__.py": "VERSION = '2.7.0'\n"})
    index.wheel("calm", "2.0")
    channel.index()
    before, known = lock.read_bytes(), project.lock["environments"]

    rows = project.run("env", "outdated", "-e", "default", "--all").ok().text
    assert "base    conda  1.0     2.0     2.0" in rows
    # base 1.0 is preferred and would hold tool back: what is named comes first.
    assert changes(project.run("env", "update", "tool", "--dry-run", "--json")) == {
        name: {"base": "upgraded", "tool": "upgraded"} for name in ("default", "test")
    }
    assert lock.read_bytes() == before
    refused = project.run("env", "update", "tol", "--json").failed(2, "IL141")
    assert refused["fix"] == "did you mean 'tool'?"
    project.run("env", "update", "-e", "default", "-p", "linux-99", "--json").failed(2, "IL115")

    moved = project.run("env", "update", "Torch", "-e", "default", "--json").ok()
    assert changes(moved) == {"default": {"torch": "upgraded", "ext": "rebuilt"}}
    assert [each["name"] for each in moved.json["installed"]["built"]] == ["ext"]
    assert moved.json["written"] == []
    assert project.lock["environments"]["test"] == known["test"]

    shown = project.run("env", "update", "--no-install").ok().text
    assert "calm 1.0 → 2.0" in shown
    assert "because tool 2.0 (conda, was 1.0) requires base >=2 (was base <2)" in shown
    assert project.locked() == {"calm": "2.0", "ext": "1.0", "torch": "2.7.0"}
    again = project.run("env", "update", "calm", "--no-install", "--json").ok()
    assert changes(again) == {}
    assert [finding["code"] for finding in again.findings] == ["IL142"]
    assert manifest.read_bytes() == asked


def test_bounds_are_written_anew_where_they_exclude_what_is_newest(project: Project) -> None:
    channel, index = project.channel, project.index
    for version in ("1.0", "2.0"):
        channel.add("tool", version)
        channel.add("held", version)
        index.wheel("lib", version)
        index.wheel("free", version)
        index.wheel("pinned", version)
    project.declare("lib~=1.0", "free>=1", "pinned==1.0", conda={"tool": ">=1,<2", "held": "1.*"}, extra="# end\n")
    manifest, lock = project.root / "pyproject.toml", project.lock_file
    asked = manifest.read_text().replace('"lib~=1.0"', "\"lib~=1.0 ; os_name == 'posix'\"")
    manifest.write_text(asked)
    project.make_lock().ok()
    before = lock.read_bytes()

    listed = project.run("env", "outdated", "--check", "--json")
    assert listed.code == 1
    (only,) = listed.json["environments"]
    assert [(each["name"], each["locked"], each["update"], each["upgrade"]) for each in only["packages"]] == [
        ("held", "1.0", "1.0", "2.0"),
        ("lib", "1.0", "1.0", "2.0"),
        ("pinned", "1.0", "1.0", "2.0"),
        ("tool", "1.0", "1.0", "2.0"),
    ]
    shown = project.run("env", "upgrade", "tool", "--dry-run", "--json").ok()
    assert changes(shown) == {"default": {"tool": "upgraded"}}
    assert [(each["old"], each["new"]) for each in shown.json["written"]] == [(">=1,<2", ">=2.0,<3")]
    causes = shown.json["environments"][0]["changes"][0]["causes"]
    assert [cause["text"].partition(" asks for ")[2] for cause in causes] == ["tool >=2.0,<3 (was tool >=1,<2)"]
    assert (manifest.read_text(), lock.read_bytes()) == (asked, before)
    project.run("env", "upgrade", "tol", "--json").failed(2, "IL133")
    project.run("env", "upgrade", "-e", "nix", "--json").failed(2, "IL112")
    assert (manifest.read_text(), lock.read_bytes()) == (asked, before)

    done = project.run("env", "upgrade", "--no-install", "--json").ok()
    assert changes(done) == {"default": {"held": "upgraded", "lib": "upgraded", "tool": "upgraded"}}
    expected = asked.replace("~=1.0", "~=2.0").replace(">=1,<2", ">=2.0,<3").replace('"1.*"', '"2.*"')
    assert manifest.read_text() == expected
    assert [(each["code"], each["what"]) for each in done.findings] == [("IL143", "pinned is left as it is")]
    project.run("env", "lock", "--check").ok()
    project.run("env", "upgrade", "pinned", "--no-install").ok()
    assert "no package could be newer" in project.run("env", "outdated").ok().text
    assert manifest.read_text() == expected.replace("pinned==1.0", "pinned==2.0")
    again = project.run("env", "upgrade", "tool", "--no-install", "--json").ok()
    assert changes(again) == {}
    assert [finding["code"] for finding in again.findings] == ["IL142"]


def test_an_update_during_an_install_is_kept_and_installed_next(project: Project, pipe: Pipe, tmp_path: Path) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)
    waiting = f"open({str(pipe.path)!r}, 'w').close()\nopen({str(go)!r}).read()\n"
    project.index.sdist("slow", "1.0", backend=Backend(on_build=waiting))
    project.channel.add("tool", "1.0")
    project.declare("slow", conda={"tool": "*"}, extra=f'[tool.interlock.build]\nwritable = ["{tmp_path}"]\n')
    project.make_lock().ok()
    project.channel.add("tool", "2.0")
    project.channel.index()

    process = project.start("env", "install", "--json")
    pipe.read()
    project.run("env", "update", "tool", "--no-install", "--json").ok()
    with go.open("w") as waited:
        waited.write("on")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert project.conda_versions()["tool"] == "1.0"
    assert project.install("--locked").ok().json["changed"]
    assert project.conda_versions()["tool"] == "2.0"
    assert not project.install().ok().json["changed"]


def test_a_merge_of_an_addition_and_an_update_is_solved_again(project: Project) -> None:
    for name in ("between", "further", "moving"):
        project.index.wheel(name, "1.0")
    project.index.wheel("app", "1.0", requires=["moving<2"])
    project.declare("between", "further", "moving")
    project.make_lock().ok()
    repository = Repository(project.root)
    repository.commit({".gitignore": ".interlock\n"})
    repository.git("checkout", "-q", "-b", "updated")
    project.index.wheel("moving", "2.0")
    project.run("env", "update", "--no-install", "--json").ok()
    repository.commit({})
    repository.git("checkout", "-q", "main")
    project.run("env", "add", "--pypi", "app", "--no-install", "--json").ok()
    repository.commit({})

    # One line of the lock conflicts, and neither side of it is right.
    repository.git("merge", "-q", "-X", "ours", "-m", "merged", "updated")
    assert project.locked() == {"app": "1.0", "between": "1.0", "further": "1.0", "moving": "2.0"}
    assert "a merge or an edit changed the locked packages" in project.make_lock("--check").failed(1, "IL606")["why"]
    project.install().ok()
    assert project.versions() == {"app": "1.0", "between": "1.0", "further": "1.0", "moving": "1.0"}
    assert project.install("--locked").ok().json["changed"] is False
