from __future__ import annotations

from pathlib import Path

import pytest

from interlock.core.deciding import CacheKeys
from interlock.core.globs import Pattern
from interlock.engines.git_history import history_digest, history_files
from interlock.install.fresh import describe_input, describe_pattern
from kit.git import Repository

BOTH = CacheKeys(commit=True, tags=True)


def seen(tree: Path, keys: CacheKeys) -> tuple[str, list[object]]:
    files = history_files(tree, keys)
    return history_digest(tree, keys), [
        describe_pattern(file)[2] if isinstance(file, Pattern) else describe_input(str(file))[2] for file in files
    ]


@pytest.mark.parametrize("linked", [False, True])
def test_a_commit_and_a_tag_are_noticed_by_whoever_asks_for_them(tmp_path: Path, linked: bool) -> None:
    repository = Repository(tmp_path / "main")
    repository.commit({"lib/a.py": ""})
    if linked:
        repository.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"))
        repository.folder = tmp_path / "linked"
    tree = repository.folder / "lib"
    at_first = {keys: seen(tree, keys) for keys in (CacheKeys(), CacheKeys(commit=True), CacheKeys(tags=True), BOTH)}
    repository.git("tag", "v1")
    tagged = {keys: seen(tree, keys) for keys in at_first}
    assert [keys for keys in at_first if tagged[keys] != at_first[keys]] == [CacheKeys(tags=True), BOTH]
    repository.commit({})
    moved = {keys: seen(tree, keys) for keys in at_first}
    assert [keys for keys in at_first if moved[keys] != tagged[keys]] == [CacheKeys(commit=True), BOTH]
    for keys in (CacheKeys(commit=True), CacheKeys(tags=True)):
        before, after = (tagged, moved) if keys.commit else (at_first, tagged)
        assert before[keys][0] != after[keys][0]
        assert before[keys][1] != after[keys][1]


def test_without_a_repository_there_is_no_history(tmp_path: Path) -> None:
    assert seen(tmp_path, BOTH) == ("", [])
