"""Whether an install would change anything, answered in a few milliseconds.

Beside the standard library, and little of that, only `core.sources` and `core.globs` are imported: this is what a no-op
`env install` runs.
"""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from interlock.core.globs import Pattern

SCHEMA = 1
# Not *.json: rattler takes every other *.json in conda-meta for a package and stops if it is not.
STATE = os.path.join("conda-meta", "interlock")
GRAPH = os.path.join("conda-meta", "interlock-graph")
OVERRIDE_PREFIX = "CONDA_OVERRIDE_"

_UNSTAMPED = frozenset({"__pycache__", "interlock", "interlock-graph", "history", "pixi", "pixi_env_prefix"})
_TREE = "tree"
_PATTERN = "pattern"
_CHUNK = 1 << 20


def read_state(prefix: str) -> dict[str, Any] | None:
    """The state that the last install left in a prefix; ``None`` if there is none or it cannot be understood."""
    try:
        with open(os.path.join(prefix, STATE), encoding="utf-8") as file:
            state = json.load(file)
    except (OSError, ValueError, RecursionError):
        return None
    return state if isinstance(state, dict) and state.get("schema") == SCHEMA else None


def fresh_state(
    prefix: str, *, version: str, files: tuple[str, ...] = (), frozen: bool = False
) -> dict[str, Any] | None:
    """The state of a prefix if it is exactly what its inputs ask for, otherwise ``None``.

    That is: the last install was complete, in this place, and made by this ``version`` of Interlock; none of the files
    that it read has changed, nor has a variable that took part in the solve; and no package was added to or removed
    from the prefix by other means since. ``files`` must be among those that it read. What was installed from the lock
    without comparing that with the manifest is only fresh where that is asked again (``frozen``).
    """
    state = read_state(prefix)
    try:
        return state if state is not None and _is_fresh(state, prefix, version, files, frozen) else None
    except (LookupError, TypeError, AttributeError, ValueError):
        # Damaged: an edited file is not a reason to fail, a full install writes it again.
        return None


def _is_fresh(state: dict[str, Any], prefix: str, version: str, files: tuple[str, ...], frozen: bool) -> bool:
    if not state["complete"] or state["interlock"] != version or (state["frozen"] and not frozen):
        return False
    if not is_same_place(state["prefix"], prefix) or any(file not in state["inputs"] for file in files):
        return False
    if state["overrides"] != conda_overrides() or state["stamp"] != prefix_stamp(prefix, state["site_packages"]):
        return False
    if not isinstance(state["environment"], str) or not isinstance(state["report"], dict):
        return False
    return _are_unchanged(state["inputs"])


def is_half_made(prefix: str) -> bool:
    """Whether an install into a prefix is under way or was interrupted; not if Interlock says nothing of the prefix."""
    state = read_state(prefix)
    return state is not None and state.get("complete") is not True


def is_usable(prefix: str) -> bool:
    """Whether there is an environment at ``prefix`` whose install ended."""
    return os.path.isdir(os.path.join(prefix, "conda-meta")) and not is_half_made(prefix)


def has_same_inputs(state: dict[str, Any]) -> bool:
    """Whether the manifest, the lock and all else that a prefix was installed from are what they were then."""
    try:
        return _are_unchanged(state["inputs"])
    except (LookupError, TypeError, AttributeError, ValueError):
        return False


def _are_unchanged(inputs: dict[str, list[Any]]) -> bool:
    return all(is_unchanged(path, seen) for path, seen in inputs.items())


def is_same_place(recorded: object, prefix: str) -> bool:
    """Whether a prefix still lies where it was made; a conda prefix cannot be moved."""
    try:
        # A number would be taken for an open file.
        return recorded == prefix or (isinstance(recorded, str) and os.path.samefile(recorded, prefix))
    except (OSError, ValueError):
        return False


def conda_overrides() -> dict[str, str]:
    """The ``CONDA_OVERRIDE_*`` variables of this process."""
    return {name: value for name, value in sorted(os.environ.items()) if name.startswith(OVERRIDE_PREFIX)}


def describe_input(path: str) -> list[Any]:
    """What identifies an input: size, modification time (ns) and SHA-256 of a file; nulls if there is none.

    A directory is a source tree: in place of its size is a mark, the time is that of its newest file, and the digest
    is over names, sizes and times.
    """
    try:
        status = os.stat(path)
        if os.path.isdir(path):
            return [_TREE, *_tree_stamp(path)]
        return [status.st_size, status.st_mtime_ns, _sha256(path)]
    except OSError:
        return [None, None, None]


def describe_pattern(pattern: Pattern) -> list[Any]:
    """What identifies those files of a source tree that fit a pattern, in the form of :func:`describe_input`."""
    try:
        return [_PATTERN, *_pattern_stamp(*pattern), *pattern]
    except OSError:
        # A file went away meanwhile: the next install looks again.
        return [None, None, ""]


def is_unchanged(path: str, seen: list[Any]) -> bool:
    """Whether an input is still what :func:`describe_input` saw; its content is only read if its time differs."""
    try:
        if seen[0] == _PATTERN:
            return bool(_pattern_stamp(*seen[3:])[1] == seen[2])
        status = os.stat(path)
        if seen[0] == _TREE or os.path.isdir(path):
            return bool(seen[0] == _TREE and os.path.isdir(path) and _tree_stamp(path)[1] == seen[2])
        if [status.st_size, status.st_mtime_ns] == seen[:2]:
            return True
        return bool(status.st_size == seen[0] and _sha256(path) == seen[2])
    except OSError:
        return seen[2] is None


def _tree_stamp(path: str) -> tuple[int, str]:
    # Imported here: it takes 2 ms, and most projects have no source tree among their inputs.
    from interlock.core.sources import tree_stamp

    return tree_stamp(path)


def _pattern_stamp(tree: str, glob: str) -> tuple[int, str]:
    from interlock.core.globs import Pattern, pattern_stamp

    return pattern_stamp(Pattern(tree, glob))


def prefix_stamp(prefix: str, site_packages: str | None) -> list[str]:
    """What tells which packages a prefix holds: the entries of ``conda-meta`` and site-packages with their times.

    ``site_packages`` is relative to the prefix. Byte code that Python writes on import does not count.
    """
    stamp = []
    for folder in ("conda-meta", *([site_packages] if site_packages else [])):
        try:
            with os.scandir(os.path.join(prefix, folder)) as entries:
                lines = sorted(_stamp(entry) for entry in entries if entry.name not in _UNSTAMPED)
        except OSError:
            lines = ["missing"]
        stamp += [folder, *lines]
    if site_packages and not os.path.exists(os.path.join(prefix, "bin", "python")):
        stamp.append("no interpreter")
    return stamp


def _stamp(entry: os.DirEntry[str]) -> str:
    # The times of packages change when Python writes byte code into them; those of metadata only by an install.
    timed = entry.name.endswith((".json", ".dist-info", ".pth", ".egg-link"))
    return f"{entry.name} {entry.stat(follow_symlinks=False).st_mtime_ns}" if timed else entry.name


def _sha256(path: str) -> str:
    # Imported here: it takes 3 ms, and is needed only where the time of a file differs.
    import hashlib

    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
