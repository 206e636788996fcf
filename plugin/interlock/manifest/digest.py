"""The fingerprint of a request, by which a lock knows whether it answers the manifest."""

from __future__ import annotations

import hashlib
import json
import os.path
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types.environment import EnvironmentRequest

# What does not change a lock: where things are written, the name, and how a build is run rather than what it sees.
_LEFT_OUT = {
    "where",
    "requires_python_where",
    "root",
    "name",
    "activation",
    "jobs",
    "memory_per_job",
    "timeout",
    "network",
}
_FILE_URL = re.compile(r"file://(/[^\s#?;'\"]*)")


def request_digest(request: EnvironmentRequest) -> str:
    """SHA-256, in hexadecimal, over the parts of a request that decide its lock.

    Independent of the order of keys and of line numbers; paths count relative to the manifest's directory, so that a
    project can be moved.
    """
    parts = {key: _canonical(value, request.root) for key, value in _members(request).items() if key not in _LEFT_OUT}
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _members(value: Any) -> dict[str, Any]:
    return {member.name: getattr(value, member.name) for member in fields(value)}


def _canonical(value: Any, root: Path) -> Any:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        # A package's or index's name decides, only that of the environment does not.
        return {key: _canonical(item, root) for key, item in _members(value).items() if key not in _LEFT_OUT - {"name"}}
    if isinstance(value, Mapping):
        return {str(key): _canonical(item, root) for key, item in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(_canonical(item, root) for item in value)
    if isinstance(value, (list, tuple)):
        return [_canonical(item, root) for item in value]
    if isinstance(value, str):
        return _relocatable(value, root)
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _relocatable(text: str, root: Path) -> str:
    if text.startswith("/"):
        return os.path.relpath(text, root)
    return _FILE_URL.sub(lambda found: "file:" + os.path.relpath(unquote(found[1]), root), text)
