"""The layout of a wheel store, the same for the user's own and for shared ones.

``objects/XX/SHA256/FILE.whl`` holds each wheel under the hash of its content; ``index/XX/KEY/ENTRY.json`` says under
which circumstances it may be used. A wheel is written before the entry that refers to it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from interlock.builds.provenance.envelope import LARGEST
from interlock.builds.store.entry import Entry
from interlock.core.files import TooLargeError

if TYPE_CHECKING:
    from interlock.builds.store.storage import Storage


@dataclass(frozen=True, slots=True)
class Record:
    """An entry and the path that it is read from; ``entry`` is ``None`` when it cannot be understood.

    ``unread`` is why it was not even read, a sentence; empty if it was.
    """

    path: str
    entry: Entry | None
    unread: str = ""


def records(storage: Storage, key: str, names: Collection[str] | None = None) -> Iterator[Record]:
    """All records of builds with this key, or those that may be of packages with these names."""
    folder = _folder(key)
    for name in storage.names(folder):
        if not name.endswith(".json") or name.startswith("."):
            continue
        path = f"{folder}/{name}"
        try:
            data = storage.read(path, most=LARGEST)
            if names is None or any(_named(name) in data for name in names):
                yield Record(path, Entry.loads(data.decode()))
        except (FileNotFoundError, IsADirectoryError):
            continue
        except TooLargeError as error:
            yield Record(path, None, str(error))
        except (ValueError, KeyError, TypeError, AttributeError):
            yield Record(path, None)


def add_record(storage: Storage, key: str, entry: Entry) -> None:
    """Record an entry; building the same under the same circumstances again replaces it."""
    circumstances = json.dumps([sorted(entry.imports), sorted(entry.missing), sorted(entry.libraries), entry.prefix])
    name = hashlib.sha256(circumstances.encode()).hexdigest()[:32]
    storage.write(f"{_folder(key)}/{name}.json", entry.dumps().encode())


def wheel_path(entry: Entry) -> str | None:
    """Where the wheel of an entry lies, ``None`` if it has none."""
    return object_path(entry.sha256, entry.filename) if entry.sha256 and entry.filename else None


def object_path(sha256: str, filename: str) -> str:
    """Where the wheel with this content lies."""
    return f"objects/{sha256[:2]}/{sha256}/{PurePosixPath(filename).name}"


def _named(name: str) -> bytes:
    """How an entry says its name. In a large store most are others', and parsing them takes most of the time."""
    return f'"name": {json.dumps(name)}'.encode()


def _folder(key: str) -> str:
    return f"index/{key[:2]}/{key}"
