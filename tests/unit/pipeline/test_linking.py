"""Conda packages are linked and wheels downloaded at the same time, where both have to come from somewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock.builds.sources.download import kept_at
from interlock.engines import uv_ahead
from interlock.engines.process import run
from interlock.engines.rattler import unpack_ahead
from interlock.engines.wheel_files import WheelFiles, remember_wheel
from interlock.engines.work import Stopped
from interlock.pipeline.linking import link_and_fetch
from interlock.plugins.manager import Plugins
from interlock_hooks import hookimpl
from interlock_hooks.types import (
    Artifact,
    CondaRecord,
    Event,
    Finding,
    FindingReported,
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
        monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(root / "cache"))
        monkeypatch.setattr(uv_ahead, "fetch_wheels", self._fetch)
        monkeypatch.setattr(unpack_ahead, "unpack_ahead", self._unpack)
        self.environment = make_environment(root)
        self.wheels = [wheel("app")]
        self.conda: list[CondaRecord] = [replace(record("tool", "1.0"), url=FAR)]
        self.renews = False
        self.prefix = root / "env"
        self.link: Callable[[], None] = lambda: None
        self.fetch: Callable[[], None] = lambda: None
        self.check: Callable[[], None] = lambda: None
        self.unpack: Callable[[], None] = lambda: None
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

    def check_ahead(
        self, unlinked: Sequence[CondaRecord], wheels: Sequence[PyPIPackage], files: Mapping[str, Path]
    ) -> None:
        assert wheels == self.wheels
        named = (*(record.name for record in unlinked), *files)
        self._call(" ".join(("check", *named)), self.check)

    def _unpack(
        self, prefix: Path, records: Sequence[CondaRecord], unlinked: Sequence[CondaRecord], *, on_progress: object
    ) -> None:
        assert (prefix, records) == (self.prefix, self.environment.locked.conda.records)
        self._call(f"unpack {' '.join(record.name for record in unlinked)}", self.unpack)

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
        self.calls = []
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


def unpack(root: Path, record: CondaRecord) -> None:
    (root / "pkgs" / f"{record.name}-{record.version}-{record.build}").mkdir(parents=True)


@pytest.mark.parametrize("where", ["linked", "unpacked", "on this machine"])
def test_what_was_seen_is_not_fetched_ahead_of_what_only_has_to_be_linked(
    doing: Doing, tmp_path: Path, where: str
) -> None:
    (tool,) = doing.conda
    if where == "linked":
        doing.conda = []
    elif where == "unpacked":
        unpack(tmp_path, tool)
    else:
        doing.conda = [replace(tool, url="file:///channel/linux-64/tool-1.0-h0_0.conda")]
    doing.wheels.append(wheel("new", sha256="1" * 64))
    remember_wheel(doing.wheels[0], WheelFiles({}, {}))
    assert doing.run() == ["fetch new", "link"]
    remember_wheel(doing.wheels[1], WheelFiles({}, {}))
    assert doing.run() == ["link"]


def test_an_environment_that_is_there_is_changed_last(doing: Doing, tmp_path: Path) -> None:
    doing.renews = True
    assert doing.run() == ["check tool", "fetch app", "link", "unpack tool"]
    assert doing.calls[2:] == ["check tool", "link"]
    # Nothing is known of what is on this machine before it is unpacked.
    remember_wheel(doing.wheels[0], WheelFiles({}, {}))
    doing.conda = [replace(doing.conda[0], url="file:///channel/linux-64/tool-1.0-h0_0.conda")]
    assert doing.run() == ["check tool", "link", "unpack tool"]
    unpack(tmp_path, doing.conda[0])
    assert doing.run() == ["check tool", "link"]
    told = [event.stage for event in doing.events if isinstance(event, StageFinished)]
    assert told.count("conda-fetch") == 2

    def fail() -> None:
        raise InterlockError(Finding(code="IL612", what="both"))

    doing.check = doing.unpack = fail
    with pytest.raises(InterlockError):
        doing.run()
    assert doing.calls == ["check tool"]
    doing.conda = [replace(record("far", "1.0"), url=FAR)]
    with pytest.raises(InterlockError):
        doing.run()
    assert {"check far", "link"}.isdisjoint(doing.calls)


def test_wheels_that_are_checked_are_compared_as_well(doing: Doing, tmp_path: Path) -> None:
    environment = doing.environment
    request = replace(environment.request, audit=replace(environment.request.audit, wheels="all"))
    doing.environment, doing.renews, doing.conda = replace(environment, request=request), True, []
    kept = kept_at(doing.wheels[0].artifact)
    kept.parent.mkdir(parents=True)
    kept.write_text("")
    doing.wheels.append(wheel("gone", "http://127.0.0.1:9", sha256="1" * 64))
    # It is not told twice that one cannot be fetched.
    assert doing.run() == ["check app", "link"]
    assert not any(isinstance(event, FindingReported) for event in doing.events)


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
