"""Prefixes that Interlock has made, by their paths alone: from which lock, and whether they still are what it says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name, canonicalize_version

from interlock.core.names import LOCK_NAME
from interlock.engines.python.distributions import site_distributions
from interlock.engines.rattler.prefix_records import installed_records
from interlock.install.fresh import read_state
from interlock.install.state import identity_of, load_state
from interlock.lock.reader import read
from interlock.project.findings.environments import not_from_a_lock
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.install.state import State
    from interlock_hooks.types import LockedEnvironment


@dataclass(frozen=True, slots=True)
class Made:
    """What made a prefix: its state, the lock that was followed, and what that says now (``None``: nothing)."""

    state: State
    lock_file: Path | None
    locked: LockedEnvironment | None


def made(prefix: Path) -> Made | None:
    """What made a prefix; ``None`` unless it was Interlock."""
    state = load_state(prefix)
    if state is None:
        return None
    inputs = (read_state(str(prefix)) or {}).get("inputs")
    lock_file = next((Path(each) for each in inputs or () if Path(each).name == LOCK_NAME), None)
    return Made(state, lock_file, None if lock_file is None else _locked(lock_file, state))


def lock_text(prefix: Path) -> str:
    """The lock that a prefix was made from, as it is. Raises :class:`InterlockError` (IL683).

    That is if Interlock did not make the prefix or did not finish, if the lock has moved on since, or if something else
    has changed the prefix.
    """
    found = made(prefix)
    if found is None or not found.state.complete:
        raise InterlockError(not_from_a_lock(prefix, "Interlock did not make it, or did not finish"))
    if found.lock_file is None or found.locked is None:
        raise InterlockError(not_from_a_lock(prefix, "its lock is not there any more"))
    if not _is_what(prefix, found.state, found.locked):
        raise InterlockError(not_from_a_lock(prefix, f"it is not what {found.lock_file} says now"))
    return found.lock_file.read_text(encoding="utf-8")


def _locked(lock_file: Path, state: State) -> LockedEnvironment | None:
    try:
        lock = read(lock_file, root=lock_file.parent)
    except InterlockError:
        return None
    return None if lock is None else lock.get(state.environment, state.platform)


def _is_what(prefix: Path, state: State, locked: LockedEnvironment) -> bool:
    """Whether the packages of a prefix are those of a lock."""
    linked = {(record.name, record.version, record.build) for record in installed_records(prefix)}
    if linked != {(record.name, record.version, record.build) for record in locked.conda.records}:
        return False
    # What was built has its wheel named after its source.
    known = {name: each.identity.partition(" built ")[0] for name, each in state.pypi.items()}
    if known != {package.name: identity_of(package) for package in locked.resolution.packages}:
        return False
    there = site_distributions(prefix / (state.site_packages or "."))
    versions = {name: canonicalize_version(each.version) for name, each in there.items()}
    return all(
        versions.get(canonicalize_name(name)) == canonicalize_version(each.version) for name, each in state.pypi.items()
    )
