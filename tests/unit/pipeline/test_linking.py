"""Conda packages are linked and wheels downloaded at the same time, where both have to come from somewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock.engines import uv_ahead
from interlock.engines.process import run
from interlock.engines.work import Stopped
from interlock.pipeline.linking import link_and_fetch
from interlock.plugins.manager import Plugins
from interlock_hooks import hookimpl
from interlock_hooks.types import (
    Artifact,
    CondaRecord,
    Event,
    Finding,
    InterlockError,
    PyPIPackage,
    StageFinished,
    StageStarted,
)
from kit.engines import record
from kit.hooks import environment as make_environment

FAR = "https://host/channel/linux-64/tool-1.0-h0_0.conda"


def wheel(name: str, place: str = "https://host/files", sha256: str | None = "0" * 64) -> PyPIPackage:
    file = f"{name}-1.0-py3-none-any.whl"
    artifact = Artifact(kind="wheel", url=f"{place}/{file}", filename=file, sha256=sha256)
    return PyPIPackage(name=canonicalize_name(name), version="1.0", artifact=artifact)


def sleep() -> None:
    run(["sleep", "600"], env={"PATH": "/usr/bin:/bin"})


class Doing:
    """A transaction whose linking is ``link``, with a uv whose downloading is ``fetch``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
        monkeypatch.setenv("RATTLER_CACHE_DIR", str(root))
        monkeypatch.setattr(uv_ahead, "fetch_wheels", self._fetch)
        self.environment = make_environment(root)
        self.wheels = [wheel("app")]
        self.conda: list[CondaRecord] = [replace(record("tool", "1.0"), url=FAR)]
        self.link: Callable[[], None] = lambda: None
        self.fetch: Callable[[], None] = lambda: None
        self.calls: list[str] = []
        self.outcomes: dict[str, BaseException] = {}
        self.events: list[Event] = []

    @hookimpl
    def interlock_event(self, event: Event) -> None:
        self.events.append(event)

    def missing_wheels(self) -> list[PyPIPackage]:
        return self.wheels

    def missing_conda(self) -> list[CondaRecord]:
        return self.conda

    def link_conda(self) -> None:
        self._call("link", self.link)

    def _fetch(self, packages: Sequence[PyPIPackage], *, python: str, root: Path) -> bool:
        assert python == self.environment.locked.resolution.python.version
        assert root == self.environment.root
        self._call(f"fetch {' '.join(package.name for package in packages)}", self.fetch)
        return True

    def _call(self, name: str, call: Callable[[], None]) -> None:
        self.calls.append(name)
        try:
            call()
        except BaseException as error:
            self.outcomes[name] = error
            raise

    def run(self) -> list[str]:
        plugins = Plugins()
        plugins.register_builtin("listener", self)
        link_and_fetch(self.environment, plugins, self)  # type: ignore[arg-type]
        return sorted(self.calls)


@pytest.fixture
def doing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Doing:
    return Doing(monkeypatch, tmp_path)


def test_both_go_on_at_the_same_time_as_two_stages(doing: Doing) -> None:
    meeting = threading.Barrier(2, timeout=30)
    doing.link = doing.fetch = lambda: meeting.wait() and None
    assert doing.run() == ["fetch app", "link"]
    told = [(type(each), each.stage, each.target) for each in doing.events if hasattr(each, "target")]
    stages = [("conda-install", ""), ("downloads", "PyPI")]
    assert sorted(told, key=str) == sorted(
        ((kind, *stage) for kind in (StageStarted, StageFinished) for stage in stages), key=str
    )


def test_only_what_uv_will_download_is_fetched(doing: Doing) -> None:
    doing.wheels += [wheel("local", "file:///wheels"), wheel("unknown", sha256=None)]
    assert doing.run() == ["fetch app", "link"]
    doing.wheels, doing.calls = doing.wheels[1:], []
    assert doing.run() == ["link"]


def test_wheels_that_are_checked_are_fetched_with_their_check(doing: Doing) -> None:
    environment = doing.environment
    request = replace(environment.request, audit=replace(environment.request.audit, wheels="all"))
    doing.environment = replace(environment, request=request)
    assert doing.run() == ["link"]


@pytest.mark.parametrize("where", ["linked", "unpacked", "on this machine"])
def test_nothing_is_fetched_ahead_of_what_only_has_to_be_linked(doing: Doing, tmp_path: Path, where: str) -> None:
    (tool,) = doing.conda
    if where == "linked":
        doing.conda = []
    elif where == "unpacked":
        (tmp_path / "pkgs" / f"{tool.name}-{tool.version}-{tool.build}").mkdir(parents=True)
    else:
        doing.conda = [replace(tool, url="file:///channel/linux-64/tool-1.0-h0_0.conda")]
    assert doing.run() == ["link"]


def test_wheels_that_cannot_be_had_end_linking(doing: Doing) -> None:
    linking, gone = threading.Event(), InterlockError(Finding(code="IL392", what="gone"))

    def link() -> None:
        linking.set()
        sleep()

    def fetch() -> None:
        linking.wait(30)
        raise gone

    doing.link, doing.fetch = link, fetch
    with pytest.raises(InterlockError) as error:
        doing.run()
    assert error.value is gone
    assert isinstance(doing.outcomes["link"], Stopped)
    assert not any(isinstance(event, StageFinished) for event in doing.events)


def test_conda_packages_that_cannot_be_had_end_downloads(doing: Doing) -> None:
    fetching, gone = threading.Event(), InterlockError(Finding(code="IL392", what="gone"))

    def fetch() -> None:
        fetching.set()
        sleep()

    def link() -> None:
        fetching.wait(30)
        raise gone

    doing.link, doing.fetch = link, fetch
    with pytest.raises(InterlockError) as error:
        doing.run()
    assert error.value is gone
    assert isinstance(doing.outcomes["fetch app"], Stopped)
