"""What must hold of a project after any kill."""

from __future__ import annotations

import base64
import csv
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crash.saved import entries

_known: dict[tuple[int, ...], str] = {}


def digests(prefix: Path) -> dict[str, str]:
    """Every file and link of a prefix with what it holds, apart from byte code and what says when it was made."""
    return {
        path: _digest(entry)
        for path, entry in entries(prefix)
        if not path.endswith(".pyc") and not entry.is_dir(follow_symlinks=False)
    }


def _digest(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return f"-> {os.readlink(entry)}"  # noqa: PTH115 - not a path
    status = entry.stat()
    key = status.st_dev, status.st_ino, status.st_ctime_ns, status.st_size
    if key not in _known:
        _known[key] = hashlib.sha256(Path(entry).read_bytes()).hexdigest()
    return _known[key]


def faults_of(prefix: Path) -> Iterator[str]:
    """Files that no package recorded, and recorded ones that are not there or not what they were."""
    found = digests(prefix)
    recorded: dict[str, set[str | None]] = {}
    for path, digest in _recorded(prefix):
        recorded.setdefault(path, set()).add(digest)
    for path, wanted in recorded.items():
        if path.endswith(".pyc"):
            continue
        if path not in found:
            yield f"{path} is recorded and not there"
        elif None not in wanted and found[path] not in wanted and not found[path].startswith("->"):
            yield f"{path} is recorded with other content"
    ours = ("interlock", ".interlock.new", "interlock-graph", ".interlock-graph.new", "history")
    own = {"CACHEDIR.TAG", *(f"conda-meta/{name}" for name in ours)}
    for path in found:
        if path not in recorded and path not in own:
            yield f"{path} belongs to nobody"
    for folder, folders, names in os.walk(prefix):
        place = Path(folder)
        if not folders and not names:
            yield f"{place.relative_to(prefix)} is an empty directory"
        sources = (place.parent / f"{name.partition('.')[0]}.py" for name in names)
        if place.name == "__pycache__" and not any(source.exists() for source in sources):
            yield f"{place.relative_to(prefix)} holds byte code of nothing"


def _recorded(prefix: Path) -> Iterator[tuple[str, str | None]]:
    for path in (prefix / "conda-meta").glob("*.json"):
        yield path.relative_to(prefix).as_posix(), None
        record = json.loads(path.read_text(encoding="utf-8"))
        told = {each["_path"]: each for each in record["paths_data"]["paths"]}
        for file in record["files"]:
            entry = told.get(file, {})
            yield file, entry.get("sha256_in_prefix") or entry.get("sha256")
    for path in prefix.glob("lib/python3.*/site-packages/*.dist-info"):
        record = path / "RECORD"
        for row in csv.reader(record.read_text(encoding="utf-8").splitlines() if record.exists() else []):
            file = os.path.relpath(os.path.normpath(path.parent / row[0]), prefix)
            digest = base64.urlsafe_b64decode(f"{row[1].partition('=')[2]}==").hex() if row[1] else None
            yield file, digest


def state_of(prefix: Path) -> Mapping[str, Any]:
    """What Interlock says of the prefix; empty if it says nothing."""
    try:
        found: dict[str, Any] = json.loads((prefix / "conda-meta/interlock").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def is_locked(path: Path) -> bool:
    """Whether a process holds a lock."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
