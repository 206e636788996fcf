from __future__ import annotations

from pathlib import Path

import pytest

from interlock.project.prefixes import lock_text
from interlock_hooks.types import InterlockError, LockedEnvironment
from kit.locked import locked, record, sdist, wheel
from kit.prefixes import SITE, lock_in, write_prefix


@pytest.fixture
def environment() -> LockedEnvironment:
    return locked(record("python 3.12.1"), record("base 1.0"), pypi=[wheel("app 1.0"), sdist("ext 1.0")])


@pytest.fixture
def prefix(tmp_path: Path, environment: LockedEnvironment) -> Path:
    return write_prefix(tmp_path / "prefix", environment, lock_in(tmp_path, environment))


def refusal(prefix: Path) -> str:
    with pytest.raises(InterlockError) as caught:
        lock_text(prefix)
    (finding,) = caught.value.findings
    assert finding.code == "IL683"
    return finding.why


def test_the_lock_is_given_as_it_is(prefix: Path, tmp_path: Path) -> None:
    assert lock_text(prefix) == (tmp_path / "interlock.lock").read_text()


def test_other_environments_of_the_lock_do_not_matter(
    prefix: Path, tmp_path: Path, environment: LockedEnvironment
) -> None:
    lock_in(tmp_path, environment, locked(record("tool 2.0"), name="other"))
    assert "tool" in lock_text(prefix)


def test_what_is_not_from_a_lock_has_none(prefix: Path, tmp_path: Path) -> None:
    assert "did not make it" in refusal(tmp_path)
    (tmp_path / "interlock.lock").write_text("damaged")
    assert "not there any more" in refusal(prefix)
    (tmp_path / "interlock.lock").unlink()
    assert "not there any more" in refusal(prefix)


@pytest.mark.parametrize("base", ["base 1.1", "base 1.0 other"])
def test_the_lock_has_moved_on(prefix: Path, tmp_path: Path, base: str) -> None:
    lock_in(tmp_path, locked(record("python 3.12.1"), record(base), pypi=[wheel("app 1.0"), sdist("ext 1.0")]))
    assert "says now" in refusal(prefix)


@pytest.mark.parametrize("path", ["conda-meta/base-1.0-0.json", f"{SITE}/app-1.0.dist-info"])
def test_something_else_has_changed_the_prefix(prefix: Path, path: str) -> None:
    (prefix / path).rename(prefix / "gone")
    assert "says now" in refusal(prefix)
