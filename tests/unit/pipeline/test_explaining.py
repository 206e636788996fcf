"""When a failure is explained, and what happens when that is impossible."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.pipeline.explaining import explained
from interlock.plugins.builtin import register_builtins
from interlock.plugins.manager import Plugins
from interlock.resolve.joint import search
from interlock.resolve.joint.search import UnsolvableError
from interlock.resolve.uv.compile import resolve
from interlock.resolve.uv.errors import NoResolutionError
from interlock_hooks import hookimpl
from interlock_hooks.types import (
    CondaRequest,
    CondaSolution,
    CondaSpec,
    EnvironmentRequest,
    Event,
    Finding,
    InterlockError,
    Location,
    PyPIRequest,
    Resolution,
    VirtualPackage,
)
from kit.solved_universe import builtin_plugins, request_in, solve_request
from kit.universe import Package, Universe

NUMPY = CondaSpec(spec="numpy >=2", where=Location(file="pixi.toml", line=4))
REFUSED = InterlockError(Finding(code="IL210", what="no", why="numpy is not there", details=("numpy >=2",)))


class Refusing:
    """A conda that has nothing, and a listener."""

    def __init__(self) -> None:
        self.solves = 0
        self.events: list[Event] = []

    @hookimpl
    def interlock_virtual_packages(self, request: EnvironmentRequest) -> list[VirtualPackage]:
        return []

    @hookimpl
    def interlock_conda_solve(self, request: CondaRequest) -> CondaSolution:
        self.solves += 1
        if request.specs:
            raise REFUSED
        return CondaSolution(platform=request.platform)

    @hookimpl
    def interlock_event(self, event: Event) -> None:
        self.events.append(event)


@pytest.fixture
def refusing() -> Refusing:
    return Refusing()


@pytest.fixture
def plugins(refusing: Refusing) -> Plugins:
    made = Plugins()
    made.register_builtin("refusing", refusing)
    return made


def asked(tmp_path: Path, channel: str) -> EnvironmentRequest:
    request = EnvironmentRequest(name="default", platform="linux-64", root=tmp_path, channels=(channel,))
    return replace(request, conda_specs=(NUMPY,))


def test_only_the_lack_of_a_solution_is_explained(tmp_path: Path, plugins: Plugins, refusing: Refusing) -> None:
    error = InterlockError(Finding(code="IL203", what="a channel does not answer"))
    assert explained(error, asked(tmp_path, "c"), plugins) is error
    assert refusing.solves == 0
    assert refusing.events == []


def test_what_cannot_be_looked_up_does_not_hide_the_failure(
    tmp_path: Path, plugins: Plugins, refusing: Refusing
) -> None:
    assert explained(REFUSED, asked(tmp_path, (tmp_path / "gone").as_uri()), plugins) is REFUSED
    assert refusing.solves > 0


def test_trials_are_no_news(tmp_path: Path, plugins: Plugins, refusing: Refusing) -> None:
    explained(REFUSED, asked(tmp_path, (tmp_path / "gone").as_uri()), plugins)
    assert {event.stage for event in refusing.events} == {"explain"}  # type: ignore[union-attr]


def test_without_time_nothing_is_tried(
    tmp_path: Path, plugins: Plugins, refusing: Refusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERLOCK_EXPLAIN_SECONDS", "0")
    assert explained(REFUSED, asked(tmp_path, "c"), plugins).findings == REFUSED.findings
    assert refusing.solves == 0


def test_to_have_given_up_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No round is left for what was learned; the code stays, since there is a solution."""
    monkeypatch.setattr(search, "ROUND_LIMIT", 1)
    conda = [Package("both0", version, python="3.12", supplies=(("both0", version),)) for version in ("1.0", "2.0")]
    pypi = (Package("app0", "1.0", needs=(("both0", "==1.0"),)), Package("both0", "1.0"))
    request = request_in(Universe(tuple(conda), pypi, (("both0", ""),), (("app0", ""),)), tmp_path)
    plugins = Plugins()
    register_builtins(plugins)
    with pytest.raises(search.GaveUpError) as caught:
        solve_request(request)
    assert pickle.loads(pickle.dumps(caught.value)).findings == caught.value.findings
    (finding,) = explained(caught.value, request, plugins).findings
    assert finding.code == "IL331"
    assert finding.what == "gave up looking for a joint solution of conda and PyPI packages"
    assert finding.why == "the manifest asks for both0 (conda), but app0 1.0 needs both0 ==1.0 (PyPI)"
    assert [(step.side, step.kind) for step in finding.derivation] == [
        ("conda", "asks"),
        ("PyPI", "asks"),
        ("PyPI", "needs"),
        ("both", "clash"),
    ]
    assert [edit.old for edit in finding.edits] == ['both0 = "*"', '"app0"', 'both0 = "*"']


def test_what_the_resolver_refused_is_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[PyPIRequest] = []

    def noting(request: PyPIRequest) -> Resolution:
        try:
            return resolve(request)
        except NoResolutionError:
            refused.append(request)
            raise

    monkeypatch.setattr("interlock.resolve.uv.compile.resolve", noting)
    conda = tuple(Package("both0", text, python="3.12", supplies=(("both0", text),)) for text in ("1.0", "2.0"))
    pypi = (Package("app0", "1.0", needs=(("both0", "<2"),)),)
    request = request_in(Universe(conda, pypi, (("both0", ">=2"),), (("app0", ""),)), tmp_path)
    with pytest.raises(UnsolvableError) as caught:
        solve_request(request)
    asked = len(refused)
    (finding,) = explained(caught.value, request, builtin_plugins()).findings
    assert finding.why == "the manifest asks for both0 >=2 (conda), but app0 1.0 needs both0 <2 (PyPI)"
    assert len(refused) > asked
    assert len(refused) == len(set(refused))
