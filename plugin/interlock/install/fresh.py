"""Whether there is anything to do, answered in a few milliseconds.

Only the standard library is imported, and little of it: this is what a no-op `env install` runs.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

SCHEMA = 1
STATE = os.path.join("conda-meta", "interlock")  # rattler takes every other *.json there for a package
OVERRIDE_PREFIX = "CONDA_OVERRIDE_"


def read_state(prefix: str) -> dict[str, Any] | None:
    """The state that the last install left in a prefix; ``None`` if there is none or it cannot be understood."""
    try:
        with open(os.path.join(prefix, STATE), encoding="utf-8") as file:
            state = json.load(file)
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) and state.get("schema") == SCHEMA else None


def fresh_state(prefix: str, *, version: str, files: tuple[str, ...] = ()) -> dict[str, Any] | None:
    """The state of a prefix if it is exactly what its inputs ask for, otherwise ``None``.

    That is: the last install was complete and made by this ``version`` of Interlock; none of the files that it read has
    changed, nor has a variable that took part in the solve; and no package was added to or removed from the prefix
    by other means since. ``files`` must be among those that it read.
    """
    state = read_state(prefix)
    if state is None or not state.get("complete") or state.get("interlock") != version:
        return None
    inputs = state["inputs"]
    if any(file not in inputs for file in files):
        return None
    if state["overrides"] != conda_overrides() or state["stamp"] != prefix_stamp(prefix, state["site_packages"]):
        return None
    return state if all(is_unchanged(path, seen) for path, seen in inputs.items()) else None


def conda_overrides() -> dict[str, str]:
    """The ``CONDA_OVERRIDE_*`` variables of this process."""
    return {name: value for name, value in sorted(os.environ.items()) if name.startswith(OVERRIDE_PREFIX)}


def describe_input(path: str) -> list[Any]:
    """What identifies the content of an input file: size, modification time (ns), SHA-256; nulls if it is missing."""
    try:
        status = os.stat(path)
        return [status.st_size, status.st_mtime_ns, _sha256(path)]
    except OSError:
        return [None, None, None]


def is_unchanged(path: str, seen: list[Any]) -> bool:
    """Whether a file is still what :func:`describe_input` saw; its content is only read if its time differs."""
    try:
        status = os.stat(path)
    except OSError:
        return seen[2] is None
    if [status.st_size, status.st_mtime_ns] == seen[:2]:
        return True
    return bool(status.st_size == seen[0] and _sha256(path) == seen[2])


def prefix_stamp(prefix: str, site_packages: str | None) -> str:
    """A digest of which packages a prefix holds, by the entries of ``conda-meta`` and site-packages and their times.

    ``site_packages`` is relative to the prefix. Byte code that Python writes on import does not count.
    """
    digest = hashlib.sha256()
    folders = ["conda-meta", *([site_packages] if site_packages else [])]
    for folder in folders:
        try:
            with os.scandir(os.path.join(prefix, folder)) as entries:
                lines = sorted(_stamp(entry) for entry in entries if entry.name not in _UNSTAMPED)
        except OSError:
            lines = ["missing"]
        digest.update("\n".join([folder, *lines, ""]).encode())
    return digest.hexdigest()


_UNSTAMPED = frozenset({"__pycache__", "interlock", "history", "pixi", "pixi_env_prefix"})


def _stamp(entry: os.DirEntry[str]) -> str:
    # The times of packages change when Python writes byte code into them; those of metadata only by an install.
    timed = entry.name.endswith((".json", ".dist-info", ".pth", ".egg-link"))
    return f"{entry.name} {entry.stat(follow_symlinks=False).st_mtime_ns}" if timed else entry.name


def _sha256(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
