"""Writing an edit: all files of a manifest and the lock, or none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from interlock.core.layout import Layout
from interlock.lock.model import Lock
from interlock.manifest.editing.manifest_text import ManifestText
from interlock.project import written_edits
from interlock.project.solved_edits import Edit
from interlock.project.written_edits import write
from interlock_hooks.types import Finding, InterlockError

YML, BUILDS = "dependencies: [python]\n", '[tool.interlock.build.packages.ext]\nmode = "matched"\n'


def edit(root: Path, text: str, builds: str) -> Edit:
    """An edit of an environment.yml; of its project only the layout is read, and nothing of its comparison."""
    before = ManifestText.read(root / "environment.yml")
    after = ManifestText(before.path, text).with_modes(builds)
    unread, project = cast("Any", None), cast("Any", SimpleNamespace(layout=Layout(root)))
    return Edit(project=project, before=before, after=after, lock=Lock(), comparison=unread, environments=())


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "environment.yml").write_text(YML)
    monkeypatch.setattr(written_edits, "put_lock", lambda *_, **__: False)
    return tmp_path


def test_a_file_beside_the_manifest_is_made_and_goes(root: Path) -> None:
    assert write(edit(root, YML, BUILDS))
    assert (root / "pyproject.toml").read_text() == BUILDS
    assert not write(edit(root, YML, BUILDS))
    assert write(edit(root, YML, ""))
    assert sorted(each.name for each in root.iterdir()) == ["environment.yml"]


@pytest.mark.parametrize("earlier", [None, "# mine\n"])
def test_what_cannot_be_locked_leaves_all_files_as_they_were(
    root: Path, earlier: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if earlier is not None:
        (root / "pyproject.toml").write_text(earlier)

    def full(*_: object, **__: object) -> bool:
        raise InterlockError(Finding(code="IL604", what="full"))

    monkeypatch.setattr(written_edits, "put_lock", full)
    made = edit(root, "dependencies: [python, ext]\n", (earlier or "") + BUILDS)
    with pytest.raises(InterlockError):
        write(made)
    assert (root / "environment.yml").read_text() == YML
    beside = root / "pyproject.toml"
    assert (beside.read_text() if beside.exists() else None) == earlier


def test_a_file_that_changed_meanwhile_stops_the_edit(root: Path) -> None:
    made = edit(root, "dependencies: [python, ext]\n", BUILDS)
    (root / "pyproject.toml").write_text("# new\n")
    with pytest.raises(InterlockError) as error:
        write(made)
    assert [finding.code for finding in error.value.findings] == ["IL134"]
    assert (root / "environment.yml").read_text() == YML


def test_a_requirements_file_that_lost_its_last_line_stays(root: Path) -> None:
    listed = root / "requirements.txt"
    (root / "environment.yml").write_text("dependencies: [python, {pip: [-r requirements.txt]}]\n")
    listed.write_text("a\n")
    before = ManifestText.read(root / "environment.yml")
    (old,) = before.lists
    made = edit(root, before.text, "")
    made = replace(made, before=before, after=before.with_list(old.without(0)))
    assert made.changed == (listed,)
    assert write(made)
    assert listed.read_text() == ""
