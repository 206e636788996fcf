"""Packages that attack whoever installs them: refused by name, and the environment works as before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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
