"""How long a server may say nothing, and how often it is asked again: what users may set for all engines at once."""

from __future__ import annotations

import os

# Of uv's own default (30 s) and what an overloaded mirror takes to begin with an answer.
SILENCE = 60.0  # seconds
RETRIES = 3


def silence_seconds() -> float | None:
    """What ``INTERLOCK_HTTP_TIMEOUT`` says: for how many seconds nothing may come; ``None`` if it says nothing."""
    return _positive("INTERLOCK_HTTP_TIMEOUT", float)


def http_retries() -> int | None:
    """What ``INTERLOCK_HTTP_RETRIES`` says: how often a request is tried again; ``None`` if it says nothing."""
    found = _positive("INTERLOCK_HTTP_RETRIES", int)
    return None if found is None else int(found)


def _positive(variable: str, kind: type[int | float]) -> float | None:
    try:
        found = kind(os.environ[variable])
    except (KeyError, ValueError):
        return None
    # Not a number is not below zero either.
    return found if 0 <= found < 1e6 and (found or kind is int) else None
