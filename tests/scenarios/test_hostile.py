"""Packages that attack whoever installs them: refused by name, and the environment works as before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from interlock_hooks.testing.sdists import Source
from kit.hostile import Member, conda_package
from kit.project import Project

pytestmark = pytest.mark.scenario


def test_packages_that_attack_leave_everything_as_it_was(project: Project, tmp_path: Path) -> None:
    project.index.wheel("app", "1.0")
    project.declare("app")
    project.install().ok()
    state = project.prefix / "conda-meta" / "interlock"
    known, before = state.read_text(), project.versions()

    # A wheel in place of what is recorded of the environment.
    project.index.wheel("evil", "1.0", modules={"evil-1.0.data/data/conda-meta/interlock": "{}"})
    project.declare("app", "evil")
    finding = project.install().failed(1, "IL612")
    assert "evil 1.0" in finding["what"]
    assert json.loads(state.read_text())["pypi"] == json.loads(known)["pypi"]

    # A conda package with a file outside.
    record = conda_package(tmp_path / "made", [Member("share/x")], ["../../../pwned"])
    project.channel.offer(tmp_path / "made" / record.subdir / record.file_name)
    project.declare("app", conda={"evil": "*"})
    finding = project.install().failed(4, "IL502")
    assert "evil-1.0-0.tar.bz2" in finding["what"]
    assert "'../../../pwned'" in finding["why"]

    project.declare("app")
    project.install().ok()
    assert project.versions() == before
    assert not list(tmp_path.rglob("pwned"))
    assert not (project.root / "evil").exists()


def test_a_lock_does_not_choose_what_is_built_of_this_machine(project: Project, tmp_path: Path) -> None:
    outer = Source(name="outer", version="1.0", requires=["inner"]).write_tree(project.root / "outer")
    with (outer / "pyproject.toml").open("a") as manifest:
        manifest.write('\n[tool.uv.sources]\ninner = { path = "../inner" }\n')
    Source(name="inner", version="1.0").write_tree(project.root / "inner")
    stranger = Source(name="inner", version="1.0", modules={"inner.py": "evil = 1"}).write_tree(tmp_path / "stranger")
    project.declare(extra='[tool.pixi.pypi-dependencies]\nouter = { path = "outer", editable = true }\n')
    project.make_lock().ok()
    lock = project.lock_file.read_text()
    for place in (stranger.as_uri(), "../stranger", "./outer/../../stranger"):
        project.lock_file.write_text(lock.replace('"./inner"', f'"{place}"'))
        assert project.lock_file.read_text() != lock
        for mode in ("--locked", "--frozen"):
            finding = project.install(mode).failed(1, "IL608")
            assert finding["what"] == f"interlock.lock takes inner from {stranger}, which nothing else names"
            assert finding["where"]["file"] == str(project.lock_file)
    # What a project that the manifest names requires by path is its business.
    project.lock_file.write_text(lock)
    project.install("--locked").ok()
    assert project.versions() == {"outer": "1.0", "inner": "1.0"}
