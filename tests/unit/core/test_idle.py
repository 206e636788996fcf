from __future__ import annotations

import time

from filelock import FileLock

from interlock.core.idle import idle_folders, lock_of


def test_folders_that_nobody_used_lately_or_has_locked_are_given_one_after_another_and_locked(tmp_path):
    used = {"fresh": time.time(), "locked": 0.0, "old": 1.0, "older": 0.0}
    for name in used:
        (tmp_path / name).mkdir()
    (tmp_path / "file").touch()
    seen = []
    with FileLock(lock_of(tmp_path / "locked")):
        for folder in idle_folders(tmp_path, lambda folder: used[folder.name], unused_for=3600):
            # A lock of another object is another lock, as in another process.
            seen += [folder.name, *(each.name for each in idle_folders(tmp_path, lambda _: 0.0, unused_for=0))]
    assert seen == ["old", "fresh", "older", "older", "fresh", "old"]


def test_without_a_folder_there_is_nothing_idle(tmp_path):
    assert list(idle_folders(tmp_path / "none", lambda _: 0.0, unused_for=0)) == []
