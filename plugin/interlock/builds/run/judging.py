"""The failure of a backend: its likely cause, and what the build lacked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.builds.run.confined import breach
from interlock.builds.run.errors import BackendFailedError, BuildFailedError
from interlock.builds.run.failure import death, find_cause
from interlock.builds.run.findings import failed
from interlock.builds.run.lacking import find_lacking, missing_module

if TYPE_CHECKING:
    from interlock.builds.run.frontend import HookFailed
    from interlock.builds.run.session import Session
    from interlock.builds.run.trace import Missing


def failure_of(session: Session, error: HookFailed) -> BackendFailedError:
    """The error for a hook that failed, from what the build has printed and looked for.

    It is a :class:`BuildFailedError` (IL430) that says what the build lacked, unless the confinement is to blame
    (IL420, IL423).
    """
    plan = session.plan
    lines = list(session.log.lines())
    cause, lacking = death(error.signal, lines) if error.signal else find_cause(lines), find_lacking(lines)
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


def _wanted_by_project(session: Session) -> tuple[Missing, ...]:
    """What the project's own files looked for: libraries try many modules that they can do without."""
    # setup.py runs under its relative name.
    own = (str(session.work / "source"), str(session.frontend.tree))
    return tuple(
        entry
        for entry in session.trace.missing
        if "." not in entry.module and (not Path(entry.importer).is_absolute() or entry.importer.startswith(own))
    )
