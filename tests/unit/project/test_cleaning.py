"""Removing environments."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from filelock import FileLock

from interlock.project.cleaning import clean
from interlock.project.opening import open_project
from interlock_hooks.types import Event, FindingReported


def test_an_environment_is_removed_when_nothing_works_on_it_any_more(tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text('[workspace]\nchannels = ["x"]\nplatforms = ["linux-64"]\n')
    project = open_project(str(tmp_path / "pixi.toml"))
    prefix = project.layout.prefix("default")
    for place in (prefix / "conda-meta", prefix.with_name(".other.removed") / "lib"):
        place.mkdir(parents=True)
    codes: list[str] = []
    waiting = threading.Event()

    class Plugins:
        def event(self, event: Event) -> None:
            if isinstance(event, FindingReported):
                codes.append(event.finding.code)
            waiting.set()

    removed: list[Path] = []
    project = replace(project, plugins=cast("Any", Plugins()))
    other = threading.Thread(target=lambda: removed.extend(clean(project, None)))
    with FileLock(prefix.with_name(".default.lock")):
        other.start()
        assert waiting.wait(30)
        assert prefix.is_dir()
    other.join(30)
    assert (codes, removed) == (["IL616"], [prefix])
    assert [each.name for each in prefix.parent.iterdir() if each.is_dir()] == []
