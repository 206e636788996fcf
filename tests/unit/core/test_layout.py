"""Where the files of a project are."""

from __future__ import annotations

from pathlib import Path

from interlock.core.layout import Layout
from interlock.core.names import PIXI_FOLDER


def test_the_files_of_a_project(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert layout.prefix("gpu") == tmp_path / ".interlock" / "envs" / "gpu"
    assert layout.logs == tmp_path / ".interlock" / "logs"
    assert layout.lock_file == tmp_path / "interlock.lock"


def test_as_a_pixi_extension_prefixes_are_where_pixi_has_them(tmp_path: Path) -> None:
    layout = Layout(tmp_path, PIXI_FOLDER)
    assert layout.prefix("default") == tmp_path / ".pixi" / "envs" / "default"
    assert layout.lock_file == Layout(tmp_path).lock_file
