"""The wheel store: what was built once is not built again, as long as nothing that mattered to it changed.

Every user has one in the cache, shared between projects; behind it there can be others, shared between users. What is
found there is copied here, checked against its hash, and used from here.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.builds.store.shared import SharedStore, shared_locations
from interlock.builds.store.storage import Directory
from interlock.builds.store.store_layout import add_record, object_path, records, wheel_path
from interlock.core.activity import doing
from interlock.core.files import sha256_of, staging
from interlock.core.paths import cache_dir

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.store.entry import Entry
    from interlock.builds.store.identity import BuildIdentity
    from interlock_hooks.types import Event, StoreLocation


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry of the store with the files that it consists of. ``used`` is when it was last used (Unix time)."""

    entry: Entry
    record: Path
    wheel: Path | None
    used: float

    @property
    def key(self) -> str:
        """The key of the builds that it may be used for."""
        return self.record.parent.name


class WheelStore:
    """A store in a directory that any number of processes may use at once, with shared ones behind it."""

    def __init__(self, root: Path, shared: Sequence[SharedStore] = ()) -> None:
        self.root = root
        self._directory = Directory(root)
        self._shared = tuple(shared)

    def find(self, identity: BuildIdentity) -> Stored | None:
        """An entry that holds for this build, its wheel checked against its hash; damaged entries are removed."""
        for stored in self._at(identity.key):
            if not stored.entry.holds_for(identity):
                continue
            if self._intact(stored):
                with suppress(OSError):
                    os.utime(stored.record)
                return stored
            self._remove(stored)
        if any(
            self._take(identity.key, entry, shared.fetch)
            for shared in self._shared
            for entry in shared.candidates(identity)
        ):
            return next((stored for stored in self._at(identity.key) if stored.entry.holds_for(identity)), None)
        return None

    def knows(self, identity: BuildIdentity) -> Entry | None:
        """An entry that holds for this build, here or in a shared store; no wheel is fetched, or looked at."""
        here = (stored.entry for stored in self._at(identity.key) if stored.entry.holds_for(identity))
        shared = (entry for store in self._shared for entry in store.candidates(identity))
        return next(here, None) or next(shared, None)

    def keep(self, wheel: Path, sha256: str) -> Path:
        """Copy a wheel into the store and return where it stays; without an entry it is only a file."""
        target = self.root / object_path(sha256, wheel.name)
        if target.is_file() and sha256_of(target) == sha256:
            # It may lie here unused for long, but is about to be used.
            with suppress(OSError):
                os.utime(target)
            return target
        self._place(target, lambda partial: bool(shutil.copyfile(wheel, partial)))
        return target

    def add(self, identity: BuildIdentity, entry: Entry) -> bool:
        """Record that ``entry`` is the result of the build, here and in the shared stores that may be written.

        Returns whether a shared store has it now. What depends on a download is not shared.
        """
        add_record(self._directory, identity.key, entry)
        if entry.downloads:
            return False
        wheel = self._wheel(entry)
        published = [shared.publish(identity.key, entry, wheel) for shared in self._shared]
        return any(published)

    def receive(self, key: str, entry: Entry, fetch: Callable[[Entry, Path], bool] | None = None) -> Path | None:
        """Take over an entry that was made elsewhere: where its wheel is now, ``None`` if it could not be fetched.

        The wheel is here already, or comes from ``fetch``, by default from a shared store; ``fetch`` writes it to the
        given path and says whether it has the right content.
        """
        wheel = self._wheel(entry)
        if wheel is None:
            return None
        sources = [fetch] if fetch else [shared.fetch for shared in self._shared]
        here = wheel.is_file() and sha256_of(wheel) == entry.sha256
        if here:
            add_record(self._directory, key, entry)
        return wheel if here or any(self._take(key, entry, source) for source in sources) else None

    def entries(self, names: Collection[str] | None = None) -> list[Stored]:
        """All readable entries, or those of packages with these names; the most recently used first."""
        keys = (folder.name for folder in sorted(self.root.glob("index/*/*")))
        found = (stored for key in keys for stored in self._at(key, names))
        wanted = (stored for stored in found if names is None or stored.entry.name in names)
        return sorted(wanted, key=lambda stored: -stored.used)

    def verify(self) -> list[Stored]:
        """Check every wheel against its hash, remove the entries whose wheel is damaged or gone, and return those."""
        damaged = []
        for stored in self.entries():
            doing(f"{stored.entry.name} {stored.entry.version}")
            if not self._intact(stored):
                damaged.append(stored)
        for stored in damaged:
            self._remove(stored)
        return damaged

    def prune(self, *, unused_for: float = 0.0) -> list[Stored]:
        """Remove entries that were not used for so many seconds, and all files that no entry refers to any more."""
        limit = time.time() - unused_for
        entries = self.entries()
        removed = [stored for stored in entries if stored.used <= limit]
        for stored in removed:
            stored.record.unlink(missing_ok=True)
        referred = {stored.wheel for stored in entries if stored.used > limit}
        for file in self.root.glob("objects/*/*/*"):
            # A wheel that was written a moment ago may be about to get its entry.
            if file not in referred and file.stat().st_mtime <= limit:
                file.unlink(missing_ok=True)
                with suppress(OSError):  # only an empty one can be removed
                    file.parent.rmdir()
        return removed

    def _take(self, key: str, entry: Entry, fetch: Callable[[Entry, Path], bool]) -> bool:
        wheel = self._wheel(entry)
        if wheel is not None and not self._place(wheel, lambda partial: fetch(entry, partial)):
            return False
        add_record(self._directory, key, entry)
        return True

    def _place(self, target: Path, fill: Callable[[Path], bool]) -> bool:
        """Let ``fill`` write a file, and give it its name when that went well."""
        try:
            # Its hash is compared each time that it is used.
            with staging(target, durable=False) as staged:
                if not fill(staged):
                    raise _NotFilledError
                staged.chmod(0o644)
        except _NotFilledError:
            return False
        return True

    def _at(self, key: str, names: Collection[str] | None = None) -> Iterator[Stored]:
        for record in records(self._directory, key, names):
            path = self.root / record.path
            if record.entry is None:
                path.unlink(missing_ok=True)
                continue
            with suppress(FileNotFoundError):
                yield Stored(record.entry, path, self._wheel(record.entry), path.stat().st_mtime)

    def _wheel(self, entry: Entry) -> Path | None:
        path = wheel_path(entry)
        return None if path is None else self.root / path

    def _intact(self, stored: Stored) -> bool:
        if stored.wheel is None:
            return True
        return stored.wheel.is_file() and sha256_of(stored.wheel) == stored.entry.sha256

    def _remove(self, stored: Stored) -> None:
        stored.record.unlink(missing_ok=True)
        if stored.wheel is not None:
            shutil.rmtree(stored.wheel.parent, ignore_errors=True)


class _NotFilledError(Exception):
    """There was nothing to put into the store."""


def default_store(
    shared: Sequence[StoreLocation] = (), emit: Callable[[Event], None] = lambda _event: None
) -> WheelStore:
    """The store of this user, with the shared ones that ``$INTERLOCK_STORE`` and ``shared`` name behind it."""
    return WheelStore(
        cache_dir() / "wheels" / "v1", [SharedStore(location, emit) for location in shared_locations(shared)]
    )
