from __future__ import annotations

from pathlib import Path

import pytest

from interlock.project.editors import editor_hints
from interlock.project.opening import Project, open_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "pixi.toml").write_text('[workspace]\nname = "p"\nchannels = []\nplatforms = ["linux-64"]\n')
    python = tmp_path / ".interlock" / "envs" / "default" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    return open_project(str(tmp_path))


def test_without_vs_code_there_is_nothing_to_say(project: Project) -> None:
    assert editor_hints(project, "default") == ()


@pytest.mark.parametrize("settings", [None, "{ // mine\n}"])
def test_the_line_that_is_missing(project: Project, settings: str | None) -> None:
    folder = project.layout.root / ".vscode"
    folder.mkdir()
    if settings is not None:
        (folder / "settings.json").write_text(settings)
    (hint,) = editor_hints(project, "default")
    line = '"python.defaultInterpreterPath": "${workspaceFolder}/.interlock/envs/default/bin/python"'
    assert (hint.code, hint.severity.value, hint.fix) == ("IL695", "note", f"add {line}")
    assert editor_hints(project, "without-python") == ()


def test_a_choice_is_left_alone(project: Project) -> None:
    (project.layout.root / ".vscode").mkdir()
    (project.layout.root / ".vscode" / "settings.json").write_text('{"python.defaultInterpreterPath": "/other"}')
    assert editor_hints(project, "default") == ()
