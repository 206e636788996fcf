"""Wheel stores that are shared with others: asked after the user's own, and never in the way.

Nothing that goes wrong here stops a build. It is said once, and the store is left alone for the rest of the run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from interlock.builds.provenance.trust import UntrustedError, trusted
from interlock.builds.store import findings
from interlock.builds.store.storage import Storage, open_storage
from interlock.builds.store.store_layout import add_record, records, wheel_path
from interlock.core.files import sha256_of
from interlock.core.urls import file_path
from interlock_hooks.types import Event, Finding, FindingReported, StoreLocation

if TYPE_CHECKING:
    from interlock.builds.store.entry import Entry
    from interlock.builds.store.identity import BuildIdentity

VARIABLE = "INTERLOCK_STORE"
_WRITE = ",write"
_T = TypeVar("_T")


class SharedStore:
    """One shared store."""

    def __init__(self, location: StoreLocation, emit: Callable[[Event], None]) -> None:
        self.location = location
        self._emit = emit
        self._storage: Storage | None = None
        self._readable = True
        self._writable = location.write
        self._told: set[str] = set()

    def candidates(self, identity: BuildIdentity) -> list[Entry]:
        """The entries that hold for a build, of those that are trusted."""

        def look(storage: Storage) -> list[Entry]:
            read = list(records(storage, identity.key))
            for record in read:
                if record.unread and record.path not in self._told:
                    self._told.add(record.path)
                    self._emit(FindingReported(finding=findings.unread(self.location, record.path, record.unread)))
            return [
                entry
                for entry in (record.entry for record in read)
                if entry is not None and entry.holds_for(identity) and self._trusts(entry, identity.key)
            ]

        return self._read(look) or []

    def fetch(self, entry: Entry, target: Path) -> bool:
        """Copy the wheel of an entry to ``target``; whether it arrived, with the content that the entry promises."""
        path = wheel_path(entry)

        def copy(storage: Storage) -> bool:
            try:
                storage.fetch(path or "", target)
            except FileNotFoundError:
                return False
            if sha256_of(target) == entry.sha256:
                return True
            self._emit(FindingReported(finding=findings.damaged(self.location, entry)))
            if self._writable:
                # The next who builds it puts a whole one there.
                storage.remove(path or "")
            return False

        return path is not None and bool(self._read(copy))

    def publish(self, key: str, entry: Entry, wheel: Path | None) -> bool:
        """Put what was built here there, the wheel first; whether that worked. A read-only store is left as it is."""
        if not self._writable:
            return False
        try:
            storage = self._opened()
            path = wheel_path(entry)
            if path is not None and wheel is not None:
                storage.send(wheel, path)
            # Where the log lies concerns only this machine.
            add_record(storage, key, replace(entry, log=None))
        except Exception as error:  # noqa: BLE001 - every file system has errors of its own
            self._writable = False
            self._report(error, findings.unwritable)
            return False
        return True

    def _trusts(self, entry: Entry, key: str) -> bool:
        """Whether an entry counts: all do, or those of wheels of which a trusted key says what the entry says."""
        if not self.location.trust:
            return True
        if entry.sha256 is None or entry.filename is None:
            # What a backend answered is not signed, and can be asked again.
            return False
        try:
            said = trusted(entry.provenance, self.location.trust, filename=entry.filename, sha256=entry.sha256)
            if (said.package, said.version) != (entry.name, entry.version):
                raise UntrustedError(f"what is signed is about {said.package} {said.version}")
            if said.internal.get("key") != key or said.internal.get("circumstances") != entry.circumstances:
                raise UntrustedError("what is signed is about a build under other circumstances")
        except UntrustedError as error:
            if entry.sha256 not in self._told:
                self._told.add(entry.sha256)
                self._emit(FindingReported(finding=findings.untrusted(self.location, entry, str(error))))
            return False
        return True

    def _read(self, action: Callable[[Storage], _T]) -> _T | None:
        if not self._readable:
            return None
        try:
            return action(self._opened())
        except Exception as error:  # noqa: BLE001 - every file system has errors of its own
            # Nor is it written: each attempt might wait for a server that is not there.
            self._readable = self._writable = False
            self._report(error, findings.unreadable)
            return None

    def _opened(self) -> Storage:
        if self._storage is None:
            self._storage = open_storage(self.location.url)
        return self._storage

    def _report(self, error: Exception, otherwise: Callable[[StoreLocation, Exception], Finding]) -> None:
        finding = (findings.not_installed if isinstance(error, ImportError) else otherwise)(self.location, error)
        self._emit(FindingReported(finding=finding))


def shared_locations(declared: Sequence[StoreLocation]) -> tuple[StoreLocation, ...]:
    """The stores that ``$INTERLOCK_STORE`` names, then those that the manifest declares; each place once.

    The variable holds a path or URL, ``,write`` behind it allows to write there; several are separated by white space.
    """
    found: dict[str, StoreLocation] = {}
    for word in os.environ.get(VARIABLE, "").split():
        url = word.removesuffix(_WRITE)
        place = url if "://" in url else str(Path(url).expanduser().absolute())
        found.setdefault(_spelled(place), StoreLocation(url=place, write=word.endswith(_WRITE)))
    for location in declared:
        place = _spelled(location.url)
        known = found.get(place)
        found[place] = location if known is None else _both(known, location)
    return tuple(found.values())


def _both(one: StoreLocation, other: StoreLocation) -> StoreLocation:
    """One place that is named twice: the keys that are asked for in one of them are asked for."""
    return replace(other, write=one.write or other.write, trust=other.trust or one.trust)


def _spelled(place: str) -> str:
    """One spelling of a place: a path for a ``file:`` URL, and no slash at the end."""
    path = file_path(place)
    return str(path) if path else place.rstrip("/")
