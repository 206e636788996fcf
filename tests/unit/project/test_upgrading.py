"""Which lines an upgrade writes anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from interlock.pipeline import locking
from interlock.pipeline.locking import Locking
from interlock.project.opening import open_project
from interlock.project.upgrading import upgrade
from interlock_hooks.types import Solve
from kit.locked import locked, wheel

MANIFEST = """\
[project]
name = "demo"
version = "1"
dependencies = ["lib<2"]
[dependency-groups]
base = ["lib>=1,<2"]
test = [{ include-group = "base" }]
unused = ["lib<2"]
[tool.pixi.workspace]
channels = ["x"]
platforms = ["linux-64"]
[tool.pixi.environments]
test = ["test"]
"""


def test_every_line_that_excludes_what_was_solved_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def solve(asked: Solve, *_: Any, **__: Any) -> Locking:
        assert not any("<2" in each.text for each in asked.request.requirements)
        return Locking(tuple(locked(pypi=[wheel("lib 2.1")], name=name) for name in asked.names))

    monkeypatch.setattr(locking, "lock_solve", solve)
    (tmp_path / "pyproject.toml").write_text(MANIFEST)
    edit = upgrade(open_project(str(tmp_path / "pyproject.toml")), ["lib"])
    new = MANIFEST.replace('dependencies = ["lib<2"]', 'dependencies = ["lib>=2.1,<3"]').replace(
        "lib>=1,<2", "lib>=2.1,<3"
    )
    assert edit.after.text == new
