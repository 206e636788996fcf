"""The answer of `env map`: which conda package supplies which PyPI distribution, and by which rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from packaging.utils import canonicalize_name

from interlock.pipeline.naming import NamedRecord, channel_suppliers, name_records
from interlock.project.findings.locks import outdated_names, unknown_name
from interlock.project.lock_file import read_lock
from interlock.project.platforms import platform_here
from interlock.project.up_to_date import lock_state
from interlock.solve.names import located
from interlock_hooks.types import Finding, InterlockError, NameOrigin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from interlock.project.opening import Project
    from interlock_hooks.types import (
        CondaRecord,
        EnvironmentRequest,
        LockedEnvironment,
        ProvidedDistribution,
    )

Origin = Literal["lock", "channels"]


@dataclass(frozen=True, slots=True)
class NameOrigins:
    """The records that a name is about, and whether they are those of the lock or the newest of the channels."""

    records: tuple[NamedRecord, ...]
    source: Origin
    platform: str
    findings: tuple[Finding, ...] = ()


def name_origins(project: Project, environment: str, name: str, platform: str | None = None) -> NameOrigins:
    """The conda packages of that name, and those that supply a PyPI distribution of that name, with the rules.

    They are taken from the lock, else from the channels, for ``platform``, by default this machine's if the environment
    is for it. The lock says which rule applied; for an outdated lock the rules are applied again.

    Raises :class:`InterlockError`: IL245 when there is none, IL112 and IL115 for an environment that is not declared or
    not for that platform, else as solving and mapping do.
    """
    request = project.workspace.request(environment, platform or _platform(project, environment))
    lock = read_lock(project)
    locked = None if lock is None else lock.get(environment, request.target)
    current = locked is None or lock_state(project, lock, environment, request.target) == "current"
    naming = _locked_origins if current else _renewed_origins
    found = () if locked is None else naming(project, request, locked, name)
    if found:
        findings = () if current else (outdated_names(project.layout.lock_file, request),)
        return NameOrigins(found, "lock", request.target, findings)
    found = _about(name, channel_suppliers(name, request, project.plugins))
    if not found:
        raise InterlockError(unknown_name(name, request, locked))
    return NameOrigins(found, "channels", request.target)


def _locked_origins(
    project: Project, request: EnvironmentRequest, locked: LockedEnvironment, name: str
) -> tuple[NamedRecord, ...]:
    """What the lock says; only records that supply nothing are asked about again."""
    wanted = canonicalize_name(name)
    provided = locked.resolution.provided
    owners = {entry.record for entry in provided if entry.name == wanted} | {name.lower()}
    records = [record for record in locked.conda.records if record.name in owners]
    silent = [record for record in records if not _recorded(record, provided)]
    decided = {each.record.name: each for each in name_records(silent, request, project.plugins)}
    return tuple(decided.get(record.name) or _from_lock(record, provided, request) for record in records)


def _renewed_origins(
    project: Project, request: EnvironmentRequest, locked: LockedEnvironment, name: str
) -> tuple[NamedRecord, ...]:
    """What holds now for the records of a lock that was made for another manifest."""
    return _about(name, name_records(locked.conda.records, request, project.plugins))


def _platform(project: Project, environment: str) -> str:
    supported = project.workspace.supported_platforms(environment)
    here = platform_here(project, environment)
    return here if here in supported or not supported else supported[0]


def _recorded(record: CondaRecord, provided: Iterable[ProvidedDistribution]) -> list[ProvidedDistribution]:
    return [entry for entry in provided if entry.record == record.name and entry.rule is not None]


def _from_lock(
    record: CondaRecord, provided: Sequence[ProvidedDistribution], request: EnvironmentRequest
) -> NamedRecord:
    found = _recorded(record, provided)
    rules = [NameOrigin(rule=entry.rule, source=entry.source) for entry in found if entry.rule is not None]
    return NamedRecord(record, tuple(found), located(rules[0], record, request))


def _about(name: str, named: Iterable[NamedRecord]) -> tuple[NamedRecord, ...]:
    wanted = canonicalize_name(name)
    return tuple(
        each
        for each in named
        if each.record.name == name.lower() or any(entry.name == wanted for entry in each.supplies)
    )
