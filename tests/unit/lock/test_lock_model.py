from __future__ import annotations

from dataclasses import replace

import pytest

from interlock.lock.model import EnvironmentEntry, Lock, LockedPlatform
from interlock_hooks.types import CondaSolution, Index, LockedEnvironment, PythonTarget, Resolution


def environment(name: str = "default", platform: str = "linux-64", python: str = "3.12.7") -> LockedEnvironment:
    return LockedEnvironment(
        name=name,
        platform=platform,
        conda=CondaSolution(platform=platform),
        resolution=Resolution(python=PythonTarget(version=python, platform=platform)),
    )


def test_an_environment_is_added_and_found() -> None:
    lock = Lock().with_environment(environment(), digest="a")
    assert lock.get("default", "linux-64") == environment()
    assert lock.get("default", "osx-64") is None
    assert lock.get("test", "linux-64") is None
    assert lock.is_current("default", "linux-64", "a")
    assert not lock.is_current("default", "linux-64", "b")
    assert not lock.is_current("default", "osx-64", "a")


def test_a_new_answer_replaces_only_that_of_its_platform() -> None:
    lock = Lock().with_environment(environment(), digest="a")
    lock = lock.with_environment(environment(platform="osx-64"), digest="b")
    lock = lock.with_environment(environment("test"), digest="c")
    newer = lock.with_environment(environment(python="3.13.0"), digest="d", indexes=(Index(url="https://h"),))
    assert newer.get("default", "linux-64") == environment(python="3.13.0")
    assert newer.is_current("default", "osx-64", "b")
    assert newer.is_current("test", "linux-64", "c")
    entry = newer.entry("default")
    assert entry is not None
    assert entry.indexes == (Index(url="https://h"),)
    assert lock.is_current("default", "linux-64", "a")


def test_environments_that_the_manifest_dropped_go() -> None:
    lock = Lock().with_environment(environment(), digest="a").with_environment(environment("test"), digest="b")
    assert [entry.name for entry in lock.keeping(frozenset({"test", "new"})).environments] == ["test"]


def test_order_does_not_matter() -> None:
    first, second = EnvironmentEntry(name="a"), EnvironmentEntry(name="b")
    assert Lock(environments=(second, first)) == Lock(environments=(first, second))


def test_contradictions_are_refused() -> None:
    with pytest.raises(ValueError, match="an environment occurs twice"):
        Lock(environments=(EnvironmentEntry(name="a"), EnvironmentEntry(name="a")))
    answer = LockedPlatform(digest="", environment=environment())
    with pytest.raises(ValueError, match="a platform occurs twice"):
        EnvironmentEntry(name="default", platforms=(answer, answer))
    with pytest.raises(ValueError, match="belongs"):
        EnvironmentEntry(name="other", platforms=(replace(answer),))
