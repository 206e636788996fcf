"""Explaining a request without a solution: the room ``explain``, connected to the engines."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.core.codes import GAVE_UP, NO_CONDA_SOLUTION, NO_JOINT_SOLUTION, NO_PYPI_SOLUTION
from interlock.engines.process import ProcessTimeout
from interlock.engines.uv import uv_in_haste
from interlock.explain.explain import explain
from interlock.explain.oracle import Budget, Lacking, Oracle, Solved
from interlock.pipeline.naming import known_distributions, provided_distributions
from interlock.pipeline.solving import solve_both
from interlock.pipeline.steps import place_of, stage, tally
from interlock.resolve.joint.search import GaveUpError, UnsolvableError
from interlock.resolve.uv.errors import NoResolutionError
from interlock.solve.request import DEFAULT_CHANNELS
from interlock_hooks.types import (
    CondaRecord,
    EnvironmentRequest,
    InterlockError,
    Metadata,
    ProvidedDistribution,
    PyPIPackage,
    Resolution,
    StageProgress,
)

if TYPE_CHECKING:
    from interlock.plugins.manager import Plugins

# Conda, PyPI, both; and where no solution was found, though nobody knows that there is none.
_UNSATISFIABLE = (NO_CONDA_SOLUTION, NO_PYPI_SOLUTION, NO_JOINT_SOLUTION, GAVE_UP)


def explained(error: InterlockError, request: EnvironmentRequest, plugins: Plugins) -> InterlockError:
    """The error with which solving ``request`` ended, explained if it was for lack of a solution."""
    if not _is_unsatisfiable(error):
        return error
    where = place_of(request)
    budget = _budget()
    trials = _Trials(plugins, time.monotonic() + budget.seconds)
    trials.read(error)
    solves = 0

    def told(count: int) -> None:
        nonlocal solves
        solves = count + 1
        plugins.event(StageProgress(stage="explain", done=count, item=where, target=where))

    with stage(plugins, "explain", where, target=where) as done:
        try:
            findings = explain(request, error, _oracle(request, trials), budget=budget, told=told)
        except InterlockError:
            # What cannot be looked up now is less important than what is known.
            return error
        done(tally(solves, "solve", where))
    return InterlockError(*findings)


def _budget() -> Budget:
    """The default, unless ``INTERLOCK_EXPLAIN_SECONDS`` gives more time or less; with 0 nothing is explained."""
    text = os.environ.get("INTERLOCK_EXPLAIN_SECONDS", "")
    return Budget(seconds=float(text)) if re.fullmatch(r"\d+(\.\d+)?", text) else Budget()


class _Trials:
    """Solves changed requests, and remembers what the PyPI resolver read of packages whenever it failed.

    PyPI resolutions end at the moment ``deadline``, wherever they are.
    """

    def __init__(self, plugins: Plugins, deadline: float) -> None:
        self._plugins = plugins
        self._deadline = deadline
        self._read: dict[str, dict[str, Sequence[str]]] = {}
        self._lacks: dict[str, Lacking] = {}

    def attempt(self, request: EnvironmentRequest, *, cached: bool = False) -> Solved | None:
        """The solution of a request, ``None`` if it has none. Raises as an :class:`Oracle`'s does.

        With ``cached``, one that needs no server is as good as the best.
        """
        try:
            with self._plugins.muted(), uv_in_haste(self._deadline, cached=cached):
                joint, _ = solve_both(request, self._plugins, lambda _: _Nothing(), supplied=_supplied)
        except ProcessTimeout as error:
            raise TimeoutError(str(error)) from error
        except InterlockError as error:
            if not _is_unsatisfiable(error):
                raise
            self.read(error)
            return None
        return Solved(conda=joint.conda, resolution=joint.resolution)

    def read(self, error: InterlockError) -> None:
        """Remember the requirements that the resolver came across before it failed."""
        refusal = error.pypi if isinstance(error, UnsolvableError | GaveUpError) else error
        if isinstance(refusal, NoResolutionError):
            for (name, version), requires in refusal.read.items():
                self._read.setdefault(name, {})[version] = requires
            for lack in refusal.lacks:
                self._lacks.setdefault(lack.name, Lacking(why=lack.why, fix=lack.fix))

    def lacking(self, name: str) -> Lacking | None:
        """Why the resolver could use no version of a PyPI package."""
        return self._lacks.get(canonicalize_name(name))

    def tried(self, name: str) -> Mapping[str, Sequence[str]]:
        """The requirements of a PyPI package by its version, newest first."""
        known = self._read.get(name, {})
        return {version: known[version] for version in sorted(known, key=Version, reverse=True)}


class _Nothing:
    """Sdists of which only a build knows more are taken to require nothing: a trial must be quick."""

    def metadata(self, package: PyPIPackage, _: Resolution) -> Metadata:
        return Metadata(name=package.name, version=package.version)

    def doubted(self, *_: object) -> bool:
        return False


def _supplied(
    records: Sequence[CondaRecord], request: EnvironmentRequest, plugins: Plugins
) -> tuple[ProvidedDistribution, ...]:
    """What records supply; packages are only looked into where PyPI packages could care, and if they can be had."""
    if request.requirements:
        with suppress(InterlockError):
            return provided_distributions(records, request, plugins)
    return known_distributions(records, request, plugins)


def _is_unsatisfiable(error: InterlockError) -> bool:
    return error.findings[0].code in _UNSATISFIABLE


def _oracle(request: EnvironmentRequest, trials: _Trials) -> Oracle:
    # Loaded here: an install that finds nothing wrong needs none of it.
    from interlock.engines.rattler.candidates import package_names, query
    from interlock.engines.rattler.matching import spec_admits

    channels = request.channels or DEFAULT_CHANNELS

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
        attempt=trials.attempt,
        quick=partial(trials.attempt, cached=True),
        candidates=candidates,
        admits=admits,
        tried=trials.tried,
        lacking=trials.lacking,
        names=lambda: package_names(channels, request.platform),
    )
