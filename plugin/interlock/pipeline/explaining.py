"""Explaining a request without a solution: the room ``explain``, connected to the engines."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from interlock.core.channels import channels_of
from interlock.explain.explain import explain
from interlock.explain.oracle import Budget, Oracle
from interlock.pipeline.attempts import Attempts, is_unsatisfiable
from interlock.pipeline.steps import place_of, stage, tally
from interlock_hooks.types import (
    CondaRecord,
    EnvironmentRequest,
    InterlockError,
    StageProgress,
)

if TYPE_CHECKING:
    from interlock.plugins.manager import Plugins


def explained(error: InterlockError, request: EnvironmentRequest, plugins: Plugins) -> InterlockError:
    """The error with which solving ``request`` ended, explained if it was for lack of a solution."""
    if not is_unsatisfiable(error):
        return error
    where = place_of(request)
    budget = _budget()
    attempts = Attempts(plugins, error, time.monotonic() + budget.seconds)
    solves = 0

    def told(count: int) -> None:
        nonlocal solves
        solves = count + 1
        plugins.event(StageProgress(stage="explain", done=count, item=where, target=where))

    with stage(plugins, "explain", where, target=where) as done:
        try:
            findings = explain(request, error, _oracle(request, attempts), budget=budget, told=told)
        except InterlockError:
            # What cannot be looked up now is less important than what is known.
            return error
        done(tally(solves, "solve", where))
    return InterlockError(*findings)


def _budget() -> Budget:
    """The default, unless ``INTERLOCK_EXPLAIN_SECONDS`` gives more time or less; with 0 nothing is explained."""
    text = os.environ.get("INTERLOCK_EXPLAIN_SECONDS", "")
    return Budget(seconds=float(text)) if re.fullmatch(r"\d+(\.\d+)?", text) else Budget()


def _oracle(request: EnvironmentRequest, attempts: Attempts) -> Oracle:
    # Loaded here: an install that finds nothing wrong needs none of it.
    from interlock.engines.rattler.candidates import package_names, query
    from interlock.engines.rattler.matching import spec_admits

    channels = channels_of(request)

    @cache
    def records(name: str) -> list[CondaRecord]:
        return query(channels, request.platform, [name], channel_priority=request.channel_priority)

    def candidates(names: Sequence[str]) -> list[CondaRecord]:
        return [record for name in names for record in records(name)]

    @cache
    def admits(spec: str, record: CondaRecord) -> bool:
        found = spec_admits(
            spec, name=record.name, version=record.version, build=record.build, build_number=record.build_number
        )
        # What cannot be read contradicts nothing.
        return found is not False

    return Oracle(
        attempt=attempts.attempt,
        quick=partial(attempts.attempt, cached=True),
        candidates=candidates,
        admits=admits,
        tried=attempts.tried,
        lacking=attempts.lacking,
        names=lambda: package_names(channels, request.platform),
    )
