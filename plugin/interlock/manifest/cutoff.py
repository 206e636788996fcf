"""Time limits of ``exclude-newer``: a moment, or how long ago, which only the time of locking turns into a moment."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?\Z", re.IGNORECASE)
_ISO_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?\Z",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?P<number>\d+)\s*(?P<unit>w|weeks?|d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)(?![a-z])[\s,]*"
)
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def normalised(text: str) -> str | None:
    """The value as an RFC 3339 moment or date, or an ISO 8601 duration; ``None`` if it is neither.

    Durations are given as ISO 8601 (``P7D``), or in words (``7d``, ``1 week``, ``24 hours``), as uv and pixi do.
    """
    text = text.strip()
    if _MOMENT.match(text):
        return text if _is_moment(text) else None
    length = duration(text)
    return None if length is None else f"PT{int(length.total_seconds())}S"


def _is_moment(text: str) -> bool:
    try:
        # Python 3.10 reads neither Z nor fractions of any length.
        datetime.fromisoformat(re.sub(r"\.\d+", "", text.upper()).replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def duration(text: str) -> timedelta | None:
    """The length of time that a text names, or ``None``."""
    iso = _ISO_DURATION.match(text)
    if iso:
        return timedelta(**{unit: int(value) for unit, value in iso.groupdict().items() if value})
    total, position = timedelta(), 0
    for part in _WORDS.finditer(text.lower()):
        if part.start() != position:
            return None
        total += timedelta(**{_UNITS[part["unit"][0]]: int(part["number"])})
        position = part.end()
    return total if position and position == len(text) else None


def moment(value: str, now: datetime) -> str:
    """The RFC 3339 moment or date that a normalised value means at the time ``now``."""
    length = duration(value)
    if length is None:
        return value
    return (now.astimezone(timezone.utc) - length).strftime("%Y-%m-%dT%H:%M:%SZ")
