from __future__ import annotations

from pathlib import Path

import pytest

from interlock.engines.git import GitError, checkout, committed_text, has_all
from interlock_hooks.types import InterlockError
from kit.repository import commit, git, make_repository


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    made = make_repository(tmp_path / "repository")
    commit(made, "one")
    return made


def test_a_file_as_it_was(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    commit(repository, "two")
    assert committed_text(repository, "file") == "two"
    assert committed_text(repository, "file", first) == "one"


@pytest.mark.parametrize(
    ("name", "revision", "why"),
    [("none", "HEAD", "none is not in HEAD"), ("file", "v9", "no revision 'v9'"), ("file", "--help", "no revision")],
)
def test_what_was_never_committed_is_said_so(repository: Path, name: str, revision: str, why: str) -> None:
    with pytest.raises(GitError, match=why):
        committed_text(repository, name, revision)


def test_a_directory_without_history(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not in a git repository"):
        committed_text(tmp_path, "file")
    git(tmp_path, "init", "-q")
    with pytest.raises(GitError, match="nothing is committed"):
        committed_text(tmp_path, "file")


def test_a_checkout_has_history_and_tags_and_leads_to_its_origin(repository: Path, tmp_path: Path) -> None:
    git(repository, "tag", "v1")
    tree = checkout(repository.as_uri(), commit(repository, "two"), tmp_path / "a")
    assert (tree / "file").read_text() == "two"
    assert git(tree, "describe", "--tags").startswith("v1-1-g")
    assert git(tree, "remote", "get-url", "origin") == repository.as_uri()


def test_a_commit_that_came_later_is_fetched_into_the_same_mirror(repository: Path, tmp_path: Path) -> None:
    checkout(repository.as_uri(), git(repository, "rev-parse", "HEAD"), tmp_path / "a")
    later = commit(repository, "two")
    git(repository, "tag", "v2")
    tree = checkout(repository.as_uri(), later, tmp_path / "b")
    assert git(tree, "describe", "--tags") == "v2"
    assert len([path for path in (tmp_path / "cache/git").iterdir() if path.is_dir()]) == 1


def test_a_commit_that_no_branch_holds_any_more(repository: Path, tmp_path: Path) -> None:
    git(repository, "config", "uploadpack.allowAnySHA1InWant", "true")
    checkout(repository.as_uri(), git(repository, "rev-parse", "HEAD"), tmp_path / "a")
    lost = commit(repository, "lost")
    git(repository, "reset", "-q", "--hard", "HEAD~1")
    tree = checkout(repository.as_uri(), lost, tmp_path / "b")
    assert (tree / "file").read_text() == "lost"


def test_versions_of_pull_requests_are_not_fetched(repository: Path, tmp_path: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    lost = commit(repository, "proposed")
    git(repository, "update-ref", "refs/pull/1/head", lost)
    git(repository, "reset", "-q", "--hard", head)
    checkout(repository.as_uri(), head, tmp_path / "a")
    (mirror,) = (path for path in (tmp_path / "cache/git").iterdir() if path.is_dir())
    assert "pull" not in git(mirror, "for-each-ref")


def test_submodules_come_along(repository: Path, tmp_path: Path) -> None:
    commit(make_repository(tmp_path / "part"), "one")
    git(repository, "submodule", "--quiet", "add", "../part")
    tree = checkout(repository.as_uri(), commit(repository, "with a part"), tmp_path / "a")
    assert (tree / "part" / "file").read_text() == "one"


def test_failures_carry_the_words_of_git_but_no_password(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(GitError, match="git fetch failed") as error:
        checkout(repository.as_uri(), "0" * 40, tmp_path / "a")
    assert any("0" * 40 in line for line in error.value.details)
    with pytest.raises(GitError, match="git clone failed") as error:
        checkout("http://me:secret@127.0.0.1:9/x", "0" * 40, tmp_path / "b")
    assert error.value.details
    assert "secret" not in "".join(error.value.details)


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for attempt in (lambda: committed_text(tmp_path, "file"), lambda: checkout("x", "0" * 40, tmp_path / "a")):
        with pytest.raises(GitError, match="git is not installed"):
            attempt()


@pytest.mark.parametrize("commit", ["--upload-pack=touch pwned", "-q", "main", "", "a" * 70])
def test_a_commit_is_a_hash(repository: Path, tmp_path: Path, commit: str) -> None:
    """git would take the first one for the program to fetch with."""
    with pytest.raises(GitError, match="is not the hash of a commit"):
        checkout(repository.as_uri(), commit, tmp_path / "a")
    assert not (tmp_path / "a").exists()


@pytest.fixture
def remote(repository: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The repository at an address of a server, which git is told to find on this machine."""
    address = "https://example.invalid/team/repository"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(repository.parent / "config"))
    config = repository.parent / "config" / "git" / "config"
    config.parent.mkdir(parents=True)
    config.write_text(f'[url "{repository.as_uri()}"]\n\tinsteadOf = {address}\n')
    return address


def test_with_the_network_switched_off_a_mirror_does(
    repository: Path, remote: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = git(repository, "rev-parse", "HEAD")
    checkout(remote, first, tmp_path / "a")
    later = commit(repository, "two")
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    assert (checkout(remote, first, tmp_path / "b") / "file").read_text() == "one"
    assert (has_all(remote, first), has_all(remote, later), has_all(repository.as_uri(), later)) == (True, False, True)
    with pytest.raises(InterlockError) as refused:
        checkout(remote, later, tmp_path / "c")
    assert [str(each) for each in refused.value.findings[0].missing] == [f"repository {remote} {later}"]
    # A repository on this machine is no network.
    assert (checkout(repository.as_uri(), later, tmp_path / "d") / "file").read_text() == "two"


def test_with_the_network_switched_off_submodules_of_a_server_are_missing(
    repository: Path, remote: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / ".gitmodules").write_text('[submodule "part"]\n\tpath = part\n\turl = https://example.invalid/part\n')
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{git(repository, 'rev-parse', 'HEAD')},part")
    git(repository, "add", ".gitmodules")
    git(repository, "commit", "-qm", "two")
    whole = git(repository, "rev-parse", "HEAD")
    with pytest.raises(GitError):
        checkout(remote, whole, tmp_path / "a")
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    assert not has_all(remote, whole)
    with pytest.raises(InterlockError) as refused:
        checkout(remote, whole, tmp_path / "b")
    assert [each.name for each in refused.value.findings[0].missing] == [f"submodules of {remote}"]
    assert "not allowed" in "\n".join(refused.value.findings[0].details)
