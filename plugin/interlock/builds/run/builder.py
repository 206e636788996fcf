"""The local builder: a plan in, a wheel or its metadata out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.builds.plan.tools import build_tools
from interlock.builds.run.backend_requires import require_held
from interlock.builds.run.build_system_notes import build_notes, distributions_named_in
from interlock.builds.run.errors import BuildFailedError, RequirementsUnmetError
from interlock.builds.run.run_paths import make_relative
from interlock.builds.run.session import Session, open_session
from interlock.builds.run.toolchain import find_toolchain
from interlock.builds.run.trace import absent_distributions, imported_distributions
from interlock.builds.run.wheelfile import (
    check_wheel,
    extras_in_source,
    read_metadata_directory,
    read_wheel_metadata,
)
from interlock.builds.run.whose_code import run_backend
from interlock.core.files import sha256_of
from interlock.engines.python.distributions import installed_versions, site_packages_in
from interlock_hooks.types import BuildFinished, BuildPlan, BuiltWheel, Environment, Event, Metadata, Step

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

Keep = Callable[[Path, str], Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What running a backend gave: a wheel, or metadata, or both when metadata took a complete build.

    ``asked`` are the requirements that it asked for, ``imports`` the distributions that it used, ``missing`` top-level
    modules that it looked for and did not find, ``downloads`` addresses that it turned to.
    """

    wheel: BuiltWheel | None = None
    metadata: Metadata | None = None
    asked: tuple[str, ...] = ()
    imports: tuple[NormalizedName, ...] = ()
    missing: tuple[str, ...] = ()
    downloads: tuple[str, ...] = ()


def run_build(plan: BuildPlan, environment: Environment, *, keep: Keep, emit: Callable[[Event], None]) -> Outcome:
    """Build the wheel of ``plan`` here; ``keep`` moves the file to where it stays, given its SHA-256.

    Raises :class:`InterlockError` as :func:`open_session` and :func:`check_wheel` do, and
    :class:`RequirementsUnmetError` (IL442) when the backend asks for more than the plan holds. The log stays in
    ``environment.logs``.
    """
    with _reported(plan, "wheel", environment, emit) as (session, report):
        asked = _require(session)
        wheel = _build(session, keep, report.elapsed)
        report.wheel = wheel
        return _outcome(session, asked, wheel=wheel)


def run_metadata(
    plan: BuildPlan, environment: Environment, *, why: str = "", keep: Keep, emit: Callable[[Event], None]
) -> Outcome:
    """The metadata of ``plan``'s package from ``prepare_metadata_for_build_wheel``, or from a build if there is none.

    ``why`` the backend is asked is told with :class:`CodeStarted`. Raises as :func:`run_build` does.
    """
    with _reported(plan, "metadata", environment, emit, why) as (session, report):
        asked = _require(session)
        target = session.work / "metadata"
        target.mkdir()
        folder = session.frontend.metadata(target, editable=session.editable)
        if folder is not None:
            return _outcome(session, asked, metadata=_said(session, read_metadata_directory(folder, plan.package)))
        wheel = _build(session, keep, report.elapsed)
        report.wheel = wheel
        metadata = _said(session, read_wheel_metadata(wheel.path, plan.package))
        return _outcome(session, asked, wheel=wheel, metadata=metadata)


def run_requirements(plan: BuildPlan, environment: Environment, *, why: str, emit: Callable[[Event], None]) -> Outcome:
    """What the backend of ``plan``'s package asks for, whether or not the plan holds it.

    ``why`` is as in :func:`run_metadata`. Raises :class:`InterlockError` as :func:`open_session` does.
    """
    with _reported(plan, "requirements", environment, emit, why) as (session, _):
        return _outcome(session, session.frontend.requires(editable=session.editable))


def _said(session: Session, metadata: Metadata) -> Metadata:
    """The answer of the backend, with the circumstances that it depends on."""
    given = set(map(canonicalize_name, metadata.provides_extra))
    other = (extra for extra in extras_in_source(session.frontend.tree) if extra not in given)
    used = (name for name in _used(session) if name not in build_tools().traceless)
    sought = sorted({canonicalize_name(name) for name in _missing(session)})
    return replace(metadata, imports=tuple(used), sought=tuple(sought), other_extras=tuple(other))


def _require(session: Session) -> tuple[str, ...]:
    """What the backend asks for, which must be there."""
    asked = session.frontend.requires(editable=session.editable)
    versions = installed_versions(session.sites) if asked else {}
    require_held(session.plan, asked, versions, session.environment, log=session.log.path)
    return asked


def _outcome(
    session: Session, asked: tuple[str, ...], *, wheel: BuiltWheel | None = None, metadata: Metadata | None = None
) -> Outcome:
    return Outcome(
        wheel=wheel,
        metadata=metadata,
        asked=asked,
        downloads=session.downloads,
        imports=_used(session),
        missing=_missing(session),
    )


def _missing(session: Session) -> tuple[str, ...]:
    modules = (entry.module for entry in session.trace.missing if "." not in entry.module)
    return (*modules, *absent_distributions(session.trace, session.sites))


def _used(session: Session) -> tuple[NormalizedName, ...]:
    imported = imported_distributions(session.trace, session.sites)
    notes = chain(session.log.lines(), build_notes(session.work / "source"))
    return tuple(sorted({*imported, *distributions_named_in(notes, session.sites)}))


def _build(session: Session, keep: Keep, elapsed: Callable[[], float]) -> BuiltWheel:
    plan = session.plan
    target = session.work / "wheel"
    target.mkdir()
    file = session.frontend.wheel(target, editable=session.editable)
    identity = check_wheel(file, plan.package)
    site = site_packages_in(session.environment.locked)
    if site is not None and not session.editable:
        make_relative(file, session.environment.prefix, site)
    digest = sha256_of(file)
    return BuiltWheel(
        name=identity.name,
        version=identity.version,
        path=keep(file, digest),
        sha256=digest,
        mode=plan.mode,
        seconds=elapsed(),
        log=session.log.path,
        imports=_used(session),
        toolchain=find_toolchain(session.variables),
        source=plan.package.artifact,
        downloads=session.downloads,
    )


class _Report:
    """Tells the listeners how a build ended."""

    def __init__(self, plan: BuildPlan, emit: Callable[[Event], None]) -> None:
        self._plan = plan
        self._emit = emit
        self._start = time.monotonic()
        self.wheel: BuiltWheel | None = None

    def elapsed(self) -> float:
        return time.monotonic() - self._start

    def finish(self, *, ok: bool) -> None:
        package = self._plan.package
        self._emit(
            BuildFinished(
                name=package.name, version=package.known_version, ok=ok, seconds=self.elapsed(), wheel=self.wheel
            )
        )


@contextmanager
def _reported(
    plan: BuildPlan, step: Step, environment: Environment, emit: Callable[[Event], None], why: str = ""
) -> Iterator[tuple[Session, _Report]]:
    report = _Report(plan, emit)
    try:
        with open_session(plan, environment, step=step, emit=emit) as session:
            emit(run_backend(plan, session.frontend.system, step, why))
            yield session, report
    except (RequirementsUnmetError, BuildFailedError):
        # Whether that is the end is for discovery to say.
        raise
    except BaseException:
        report.finish(ok=False)
        raise
    report.finish(ok=True)
