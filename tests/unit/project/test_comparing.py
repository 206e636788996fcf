"""Versions of a lock: in git, on disk, by path; each with the manifest of its time."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from interlock.lock.model import Lock
from interlock.lock.writer import write
from interlock.project.comparing import Comparison, compare_locks
from interlock_hooks.types import InterlockError, LockedEnvironment
from kit.locked import locked, record


def declare(root: Path, spec: str) -> None:
    root.mkdir(exist_ok=True)
    (root / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["conda-forge"]\nplatforms = ["linux-64"]\n[dependencies]\nnumpy = "{spec}"\n'
    )


def lock(path: Path, *environments: LockedEnvironment) -> None:
    made = Lock()
    for environment in environments:
        made = made.with_environment(environment, digest="0" * 64)
    write(path, made, root=path.parent)


def git(root: Path, *args: str) -> None:
    identity = ["-c", "user.name=kit", "-c", "user.email=kit@example.org"]
    subprocess.run(["git", "-C", root, *identity, *args], check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a folder of a repository that has one version of it committed and another one on disk."""
    root = tmp_path / "project"
    declare(root, "<2")
    monkeypatch.chdir(root)
    lock(root / "interlock.lock", locked(record("numpy 1.26")))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "project")
    git(tmp_path, "commit", "-q", "-m", "locked")
    git(tmp_path, "tag", "before")
    declare(root, ">=2")
    lock(root / "interlock.lock", locked(record("numpy 2.1")), locked(record("pytest 8.0"), name="test"))
    return root


def causes(found: Comparison) -> list[str]:
    return [cause.text for each in found.environments for change in each.changes for cause in change.causes]


def refused(code: str, **options: str) -> str:
    with pytest.raises(InterlockError) as caught:
        compare_locks(**options)
    finding = caught.value.findings[0]
    assert finding.code == code
    assert finding.fix
    return finding.why


@pytest.mark.parametrize("old", [None, "before", "HEAD"])
def test_a_revision_with_the_manifest_that_it_has(root: Path, old: str | None) -> None:
    found = compare_locks(old)
    assert (found.old, found.new, found.findings) == (old or "HEAD", "interlock.lock", found.findings)
    # The lock of the test was not made for the manifest.
    assert {finding.code for finding in found.findings} == {"IL621"}
    assert [(each.environment, each.state, each.packages) for each in found.environments] == [
        ("default", "kept", 1),
        ("test", "added", 1),
    ]
    assert causes(found) == ["pixi.toml:5 asks for numpy >=2 (was numpy <2)"]


def test_two_paths(root: Path, tmp_path: Path) -> None:
    declare(tmp_path / "other", "*")
    lock(tmp_path / "other" / "interlock.lock", locked(record("numpy 1.26")))
    lock(tmp_path / "lonely.lock", locked(record("numpy 1.26")))
    assert causes(compare_locks(str(tmp_path / "other"))) == ["pixi.toml:5 asks for numpy >=2 (was numpy)"]
    lonely = compare_locks(str(tmp_path / "lonely.lock"), "interlock.lock")
    assert causes(lonely) == ["pixi.toml:5 asks for numpy >=2"]
    assert {finding.code for finding in lonely.findings} == {"IL621", "IL625"}
    assert compare_locks("interlock.lock", "interlock.lock").environments[0].changes == ()


def test_one_environment_or_platform(root: Path) -> None:
    assert [each.environment for each in compare_locks(environment="test").environments] == ["test"]
    assert refused("IL624", environment="tests") == "they cover: default on linux-64, test on linux-64"
    assert refused("IL624", platform="osx-64") == "they cover: default on linux-64, test on linux-64"


def test_what_is_not_there(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused("IL623", old="nowhere") == "git knows no revision 'nowhere'"
    assert refused("IL623", old="--output=x") == "git knows no revision '--output=x'"
    assert not (root / "x").exists()
    git(root, "rm", "-q", "--cached", "interlock.lock")
    git(root, "commit", "-q", "-m", "no lock")
    assert refused("IL623") == "interlock.lock is not in HEAD"
    (root / "interlock.lock").unlink()
    assert refused("IL623", old="before") == "the project has no lock on disk"
    (tmp_path / ".git").rename(tmp_path / "git")
    assert "is not in a git repository" in refused("IL623")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused("IL623") == "git is not installed"


def test_nothing_is_committed_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    declare(tmp_path, "*")
    git(tmp_path, "init", "-q")
    assert refused("IL623") == "nothing is committed yet"


def test_a_manifest_that_cannot_be_read_leaves_the_packages(root: Path) -> None:
    (root / "pixi.toml").write_text((root / "pixi.toml").read_text() + "[dependencies.x]\nversion = 1\n")
    found = compare_locks()
    assert {finding.code for finding in found.findings} == {"IL622"}
    assert causes(found)
