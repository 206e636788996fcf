"""One run of a build backend: source, build environment, log and trace, set up and taken away again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from interlock.builds.run import trace
from interlock.builds.run.build_system_notes import fetched_by_cmake
from interlock.builds.run.confined import budget_of, confinement, group_of, over_budget, written_elsewhere
from interlock.builds.run.errors import BackendFailedError
from interlock.builds.run.failure import last_lines
from interlock.builds.run.findings import timed_out
from interlock.builds.run.frontend import Frontend, HookFailed
from interlock.builds.run.gpu_target import settled
from interlock.builds.run.judging import failure_of
from interlock.builds.run.log import BuildLog
from interlock.builds.run.prepared import Prepared, prepare
from interlock.core.scratch import build_directory
from interlock.engines.process import ProcessTimeout, end_strays
from interlock_hooks.types import BuildPlan, BuildStarted, Environment, Event, Step

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A build that is ready to run hooks.

    ``work`` is a directory that only this build uses and that is removed afterwards; ``sites`` are the site-packages
    directories that the build sees, first one first.
    """

    plan: BuildPlan
    environment: Environment
    frontend: Frontend
    work: Path
    log: BuildLog
    sites: tuple[Path, ...]
    variables: dict[str, str]

    @property
    def editable(self) -> bool:
        """Whether the result is an editable install of a directory."""
        return self.plan.package.artifact.editable

    @property
    def trace(self) -> trace.Trace:
        """What the build has looked for so far."""
        return trace.read_trace(self.work / "trace")

    @property
    def downloads(self) -> tuple[str, ...]:
        """The addresses that the build asked for something; where the network is denied nothing came from there."""
        if not self.frontend.confinement.network:
            return ()
        return (*self.trace.reached, *fetched_by_cmake(self.work / "source"))


@contextmanager
def open_session(
    plan: BuildPlan, environment: Environment, *, step: Step, emit: Callable[[Event], None]
) -> Iterator[Session]:
    """Set up the build of ``plan``; within it, what the backend's failures mean is said as findings.

    Raises :class:`InterlockError` as fetching the source, making the build environment and :func:`confinement` do;
    :class:`BuildFailedError` (IL430) when the backend fails; :class:`BackendFailedError` when it did what it may not
    (IL420, IL423), used too much of the machine (IL427), or when the time limit passes (IL431).
    """
    limit = environment.request.build.timeout
    deadline = None if limit is None else time.monotonic() + limit
    # In the cache and not in /tmp: the same file system as uv's cache, so that torch is linked and not copied, and room
    # for what large builds write.
    with (
        BuildLog(environment.logs, plan.name, emit, version=plan.package.known_version) as log,
        build_directory(plan.package.name) as work,
        group_of(environment.request) as group,
    ):
        began = time.time()
        emit(BuildStarted(name=plan.name, version=plan.package.known_version, mode=plan.mode, log=log.path, step=step))
        rights = confinement(plan.package, environment.request, work, group)
        prepared = prepare(plan, environment, work, rights, emit)
        _describe(log, plan, prepared)
        frontend = Frontend(
            tree=prepared.tree,
            system=prepared.system,
            python=prepared.python,
            variables=prepared.variables,
            on_line=log.write,
            config_settings=prepared.config_settings,
            confinement=rights,
            deadline=deadline,
        )
        session = Session(
            plan=plan,
            environment=environment,
            frontend=frontend,
            work=work,
            log=log,
            sites=prepared.sites,
            variables=prepared.variables,
        )
        mark = (trace.VARIABLE, prepared.variables[trace.VARIABLE])
        budget = budget_of(environment.request)
        try:
            with budget.watched(str(work), mark, partial(end_strays, *mark)):
                yield session
        except HookFailed as error:
            if excess := over_budget(plan.package, budget, log, group):
                raise BackendFailedError(excess) from error
            raise failure_of(session, error) from error
        except ProcessTimeout as error:
            told = last_lines(log.lines())
            raise BackendFailedError(timed_out(f"the build of {plan.package}", limit, log.path, last=told)) from error
        finally:
            end_strays(*mark)
        strayed = written_elsewhere(plan.package, session.trace, since=began)
        if strayed is not None:
            raise BackendFailedError(strayed)


def _describe(log: BuildLog, plan: BuildPlan, prepared: Prepared) -> None:
    backend, overlay = prepared.system.backend, ", ".join(str(package) for package in plan.overlay)
    log.note(f"# {plan.package}, {plan.mode.value}, from {plan.package.artifact.url}")
    log.note(f"# backend {backend}; build environment: {overlay}")
    if plan.base_records:
        log.note(f"# over conda packages: {', '.join(plan.base_records)}")
    for name in sorted(settled(plan.variables)):
        log.note(f"# {name}={prepared.variables[name]}")
    log.note(f"# PATH={prepared.variables['PATH']}")
