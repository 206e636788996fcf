"""One run of a build backend: source, build environment, log and trace, set up and taken away again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.builds.run import trace
from interlock.builds.run.confined import breach, confinement, make_home, written_elsewhere
from interlock.builds.run.environment import base_prefix, create_build_environment
from interlock.builds.run.errors import BackendFailedError, BuildFailedError
from interlock.builds.run.failure import find_cause
from interlock.builds.run.findings import failed, timed_out
from interlock.builds.run.frontend import Frontend, HookFailed
from interlock.builds.run.gpu_target import settled
from interlock.builds.run.interpreter import purelib
from interlock.builds.run.jobs import parallel_extensions
from interlock.builds.run.lacking import find_lacking, missing_module
from interlock.builds.run.log import BuildLog
from interlock.builds.run.toolchain import find_toolchain
from interlock.builds.run.used_headers import fetched_by_cmake
from interlock.builds.run.variables import build_variables
from interlock.builds.sources.build_system import BuildSystem, read_build_system
from interlock.builds.sources.source_tree import fetch_tree
from interlock.core.paths import cache_dir
from interlock.core.scratch import working_directory
from interlock.engines.process import ProcessTimeout, end_strays
from interlock.engines.python.distributions import installed_versions
from interlock.engines.python.interpreter import python_of
from interlock_hooks.types import (
    BuildOutput,
    BuildPlan,
    BuildStarted,
    Environment,
    Event,
    Step,
)

if TYPE_CHECKING:
    from interlock.engines.confinement import Confinement


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
    (IL420, IL423), or when the time limit passes (IL431).
    """
    limit = environment.request.build.timeout
    deadline = None if limit is None else time.monotonic() + limit
    # In the cache and not in /tmp: the same file system as uv's cache, so that torch is linked and not copied, and room
    # for what large builds write.
    with (
        BuildLog(environment.logs, plan, emit) as log,
        working_directory(cache_dir() / "builds", plan.package.name) as work,
    ):
        began = time.time()
        emit(BuildStarted(name=plan.name, version=plan.package.known_version, mode=plan.mode, log=log.path, step=step))
        rights = confinement(plan.package, environment.request, work)
        emit(BuildOutput(name=plan.name, line="getting the source"))
        tree = fetch_tree(plan.package.artifact, work / "source", root=environment.root)
        system = read_build_system(tree)
        emit(BuildOutput(name=plan.name, line=f"making the build environment ({len(plan.overlay)} packages)"))
        python = create_build_environment(plan, environment, work / "venv")
        sites = _sites(plan, environment, python)
        variables = _variables(plan, environment, python, sites, work, rights)
        _compile_in_parallel(tree, variables, sites, work)
        _describe(log, plan, system, variables)
        frontend = Frontend(
            tree=tree,
            system=system,
            python=python,
            variables=variables,
            on_line=log.write,
            config_settings={name: _plain(value) for name, value in plan.config_settings},
            confinement=rights,
            deadline=deadline,
        )
        session = Session(
            plan=plan,
            environment=environment,
            frontend=frontend,
            work=work,
            log=log,
            sites=sites,
            variables=variables,
        )
        try:
            yield session
        except HookFailed as error:
            raise _failed(session, error) from error
        except ProcessTimeout as error:
            raise BackendFailedError(timed_out(plan.package, limit, log.path)) from error
        finally:
            end_strays(trace.VARIABLE, variables[trace.VARIABLE])
        strayed = written_elsewhere(plan.package, session.trace, since=began)
        if strayed is not None:
            raise BackendFailedError(strayed)


def _variables(
    plan: BuildPlan, environment: Environment, python: Path, sites: tuple[Path, ...], work: Path, rights: Confinement
) -> dict[str, str]:
    trace.install_trace_hook(purelib(python))
    variables = build_variables(plan, environment, python=python, work=work, sites=sites)
    make_home(work / "home", Path.home())
    (work / "tmp").mkdir()
    places = os.pathsep.join(map(str, (*rights.writable, *rights.devices)))
    return variables | {trace.VARIABLE: str(work / "trace"), trace.WRITABLE_VARIABLE: places}


def _compile_in_parallel(tree: Path, variables: dict[str, str], sites: tuple[Path, ...], work: Path) -> None:
    nvcc = any(program == "nvcc" for program, _ in find_toolchain(variables))
    text = parallel_extensions(tree, variables, installed_versions(sites), nvcc=nvcc)
    if text is not None:
        file = work / "distutils.cfg"
        file.write_text(text, encoding="utf-8")
        variables["DIST_EXTRA_CONFIG"] = str(file)


def _sites(plan: BuildPlan, environment: Environment, python: Path) -> tuple[Path, ...]:
    own = purelib(python)
    base = base_prefix(plan, environment)
    shared = "include-system-site-packages = true" in (python.parent.parent / "pyvenv.cfg").read_text(encoding="utf-8")
    return (own, purelib(python_of(base))) if shared else (own,)


def _failed(session: Session, error: HookFailed) -> BackendFailedError:
    plan = session.plan
    lines = list(session.log.lines())
    cause, lacking = find_cause(lines), find_lacking(lines)
    refused = breach(plan.package, cause.summary, lines, session.trace, session.frontend.confinement, session.log.path)
    if refused is not None and lacking.module is None:
        return BackendFailedError(refused)
    finding = failed(
        plan,
        error.hook,
        why=error.why or _shortened(cause.summary, session),
        fix=cause.hint,
        excerpt=[_shortened(line, session) for line in cause.lines],
        log=session.log.path,
        module=missing_module(cause.summary),
    )
    return BuildFailedError(finding, lacking=lacking, missing=_wanted_by_project(session))


def _shortened(line: str, session: Session) -> str:
    """A line of the log as one reads it from within the source tree."""
    return line.replace(f"{session.frontend.tree}/", "").replace(f"{session.sites[0]}/", "")


def _wanted_by_project(session: Session) -> tuple[trace.Missing, ...]:
    """What the project's own files looked for: libraries try many modules that they can do without."""
    # setup.py runs under its relative name.
    own = (str(session.work / "source"), str(session.frontend.tree))
    return tuple(
        entry
        for entry in session.trace.missing
        if "." not in entry.module and (not Path(entry.importer).is_absolute() or entry.importer.startswith(own))
    )


def _describe(log: BuildLog, plan: BuildPlan, system: BuildSystem, variables: dict[str, str]) -> None:
    log.note(f"# {plan.package}, {plan.mode.value}, from {plan.package.artifact.url}")
    log.note(f"# backend {system.backend}; build environment: {', '.join(str(package) for package in plan.overlay)}")
    if plan.base_records:
        log.note(f"# over conda packages: {', '.join(plan.base_records)}")
    for name in sorted(settled(plan.variables)):
        log.note(f"# {name}={variables[name]}")
    log.note(f"# PATH={variables['PATH']}")


def _plain(value: str | tuple[str, ...]) -> str | list[str]:
    return value if isinstance(value, str) else list(value)
