"""What was found out about an environment, remembered in the user's cache for as long as nothing has changed.

Each answer comes with a digest of all that decides it. It counts only where that digest is the same.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from interlock.core.files import write_atomic
from interlock.core.json import parse_json
from interlock.core.paths import cache_dir

if TYPE_CHECKING:
    from pathlib import Path


def digest_of(facts: object) -> str:
    """A digest of facts that can be written as JSON."""
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def recall(kind: str, prefix: str, facts: str) -> Any:
    """The answer of a kind that was remembered of a prefix, ``None`` if it is to other ``facts`` or cannot be read."""
    try:
        stored = parse_json(_file(kind, prefix).read_bytes())
        return stored["answer"] if stored["facts"] == facts else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def remember(kind: str, prefix: str, facts: str, answer: object) -> None:
    """Keep an answer, in place of an earlier one; without a writable cache it is just found out again next time."""
    with suppress(OSError, UnicodeEncodeError):
        write_atomic(_file(kind, prefix), json.dumps({"facts": facts, "answer": answer}))


def _file(kind: str, prefix: str) -> Path:
    return cache_dir() / kind / f"{hashlib.sha256(prefix.encode()).hexdigest()[:32]}.json"
