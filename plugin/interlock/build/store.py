"""The wheel store: what was built once is not built again, as long as nothing that mattered to it changed.

Layout below the root: ``objects/XX/SHA256/FILE.whl`` holds each wheel under the hash of its content;
``index/XX/KEY/ENTRY.json`` says under which circumstances it may be used. Everything is written under another name and
then renamed, so that readers and writers need no lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.build.entry import Entry
from interlock.core.files import sha256_of, write_atomic
from interlock.core.paths import cache_dir

if TYPE_CHECKING:
    from interlock.build.identity import BuildIdentity


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry of the store with the files that it consists of. ``used`` is when it was last used (Unix time)."""

    entry: Entry
    record: Path
    wheel: Path | None
    used: float


class WheelStore:
    """A store in a directory that any number of processes may use at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

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
        return None

    def keep(self, wheel: Path, sha256: str) -> Path:
        """Move a wheel into the store and return where it stays; without an entry it is only a file."""
        target = self._object(sha256, wheel.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_file():
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=".partial-")
            os.close(handle)
            shutil.copyfile(wheel, name)
            Path(name).chmod(0o644)
            Path(name).replace(target)
        return target

    def add(self, identity: BuildIdentity, entry: Entry) -> None:
        """Record that ``entry`` is the result of the build."""
        write_atomic(self._record(identity.key, entry), entry.dumps())

    def entries(self) -> list[Stored]:
        """All readable entries, the most recently used first."""
        keys = (folder.name for folder in sorted(self.root.glob("index/*/*")))
        return sorted((stored for key in keys for stored in self._at(key)), key=lambda stored: -stored.used)

    def verify(self) -> list[Stored]:
        """Check every wheel against its hash, remove the entries whose wheel is damaged or gone, and return those."""
        damaged = [stored for stored in self.entries() if not self._intact(stored)]
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
                shutil.rmtree(file.parent, ignore_errors=True)
        return removed

    def _at(self, key: str) -> Iterator[Stored]:
        for record in sorted((self.root / "index" / key[:2] / key).glob("*.json")):
            try:
                entry = Entry.loads(record.read_text(encoding="utf-8"))
                used = record.stat().st_mtime
            except FileNotFoundError:
                continue
            except (OSError, ValueError, KeyError, TypeError):
                record.unlink(missing_ok=True)
                continue
            wheel = self._object(entry.sha256, entry.filename) if entry.sha256 and entry.filename else None
            yield Stored(entry, record, wheel, used)

    def _intact(self, stored: Stored) -> bool:
        if stored.wheel is None:
            return True
        return stored.wheel.is_file() and sha256_of(stored.wheel) == stored.entry.sha256

    def _remove(self, stored: Stored) -> None:
        stored.record.unlink(missing_ok=True)
        if stored.wheel is not None:
            shutil.rmtree(stored.wheel.parent, ignore_errors=True)

    def _object(self, sha256: str, filename: str) -> Path:
        return self.root / "objects" / sha256[:2] / sha256 / Path(filename).name

    def _record(self, key: str, entry: Entry) -> Path:
        # One record per set of circumstances: building the same again replaces it.
        circumstances = json.dumps([sorted(entry.imports), sorted(entry.missing), entry.prefix])
        name = hashlib.sha256(circumstances.encode()).hexdigest()[:32]
        return self.root / "index" / key[:2] / key / f"{name}.json"


def default_store() -> WheelStore:
    """The store of this user, shared between all projects."""
    return WheelStore(cache_dir() / "wheels" / "v1")
