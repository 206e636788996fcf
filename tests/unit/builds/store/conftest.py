"""Builds whose outcome is known, for tests of what becomes of it."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest

from interlock.builds.run import builder
from interlock.builds.run.builder import Keep, Outcome
from interlock.core.urls import file_path
from interlock_hooks.types import BuildPlan, BuiltWheel, Environment, Event

Run = Callable[..., Outcome]


class Builds:
    """Runs each build once, and tells and gives the same again to whoever asks for it later.

    A build is the same where the content of its sdist is, and all else that the plan and the environment say.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[Outcome, list[Event]]] = {}

    def once(self, run: Run) -> Run:
        """``run_build`` or ``run_metadata``, run for what is not known yet."""

        def run_once(
            plan: BuildPlan, environment: Environment, *, keep: Keep, emit: Callable[[Event], None], **why: str
        ) -> Outcome:
            key = f"{run.__name__} {_build(plan, environment)}"
            if key not in self._known:
                events: list[Event] = []
                outcome = run(plan, environment, keep=self._keep, emit=events.append, **why)
                self._known[key] = self._with_log_kept(outcome), events
            outcome, events = self._known[key]
            for event in events:
                emit(event)
            wheel = outcome.wheel
            return outcome if wheel is None else replace(outcome, wheel=_given(wheel, plan, environment, keep))

        return run_once

    def _keep(self, wheel: Path, sha256: str) -> Path:
        kept = self._folder / sha256 / wheel.name
        kept.parent.mkdir(exist_ok=True)
        return Path(shutil.copyfile(wheel, kept))

    def _with_log_kept(self, outcome: Outcome) -> Outcome:
        wheel = outcome.wheel
        if wheel is None or wheel.log is None:
            return outcome
        log = shutil.copyfile(wheel.log, self._folder / wheel.sha256 / wheel.log.name)
        return replace(outcome, wheel=replace(wheel, log=log))


def _given(wheel: BuiltWheel, plan: BuildPlan, environment: Environment, keep: Keep) -> BuiltWheel:
    assert wheel.log is not None
    environment.logs.mkdir(exist_ok=True)
    log = Path(shutil.copyfile(wheel.log, environment.logs / wheel.log.name))
    return replace(wheel, path=keep(wheel.path, wheel.sha256), log=log, source=plan.package.artifact)


def _build(plan: BuildPlan, environment: Environment) -> str:
    sdist = file_path(plan.package.artifact.url)
    assert sdist is not None
    facts = [getattr(plan, field.name) for field in fields(plan) if field.name != "package"]
    # A compressed file says when it was made.
    return repr(
        [gzip.decompress(sdist.read_bytes()), facts, environment.prefix, environment.locked, environment.request.build]
    )


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """The builds of this run."""
    return Builds(tmp_path_factory.mktemp("builds"))


@pytest.fixture
def build_once(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the builds of a test only if no earlier test did."""
    for run in (builder.run_build, builder.run_metadata):
        monkeypatch.setattr(builder, run.__name__, builds.once(run))
