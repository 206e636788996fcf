"""The time after which packages are ignored: ``exclude-newer`` as pixi and uv write it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from interlock_hooks.types import Finding, InterlockError

_UNITS = {
    "s": "seconds",
    "second": "seconds",
    "m": "minutes",
    "min": "minutes",
    "minute": "minutes",
    "h": "hours",
    "hour": "hours",
    "d": "days",
    "day": "days",
    "w": "weeks",
    "week": "weeks",
}
_FRIENDLY = re.compile(r"\s*(\d+)\s*([a-z]+?)s?(?=[\s\d]|$)")
_ISO = re.compile(r"p(?:(\d+)w)?(?:(\d+)d)?(?:t(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def parse_cutoff(text: str) -> datetime | timedelta:
    """Read ``exclude-newer``: a moment (in UTC), or a duration before now.

    Accepts RFC 3339 time stamps, dates (that day still counts), ISO 8601 durations (``P7D``) and friendly ones
    (``7d``, ``2 weeks``). Raises :class:`InterlockError` (IL214).
    """
    value = text.strip()
    try:
        return _duration(value.lower()) or _moment(value)
    except (ValueError, OverflowError) as error:
        raise InterlockError(
            Finding(
                code="IL214",
                what=f"exclude-newer = {text!r} is neither a time nor a duration",
                why=str(error),
                fix='write a date ("2026-01-31"), a time stamp ("2026-01-31T12:00:00Z") or a duration ("7d")',
            )
        ) from None


def _moment(value: str) -> datetime:
    if _DATE.fullmatch(value):
        return datetime.fromisoformat(value).replace(tzinfo=timezone.utc) + timedelta(days=1, microseconds=-1000)
    # Python 3.10 does not know the Z of RFC 3339.
    moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", value))
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)


def _duration(value: str) -> timedelta | None:
    iso = _ISO.fullmatch(value)
    if iso and any(iso.groups()):
        weeks, days, hours, minutes, seconds = (int(group or 0) for group in iso.groups())
        return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    parts = _FRIENDLY.findall(value)
    if not parts or _FRIENDLY.sub("", value).strip():
        return None
    total = timedelta()
    for amount, unit in parts:
        if unit not in _UNITS:
            raise ValueError(f"{unit!r} is not a unit of time")
        total += timedelta(**{_UNITS[unit]: int(amount)})
    return total
