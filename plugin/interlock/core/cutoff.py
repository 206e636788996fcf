"""``exclude-newer``: a point in time, or a length of time before now, in every form that pixi and uv read.

pixi reads durations with humantime (``7d``, ``1h 30m``, ``6 months``), uv reads ISO 8601 and jiff's friendly form
(``P7D``, ``1 week, 2 days``, ``36:00:00``, ``1 week ago``). Where both read a text, they agree, also that ``m`` is a
minute; ``M`` is a month to pixi only. As in humantime a month is 30.44 days and a year 365.25; uv refuses both.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"([T ](?P<clock>\d\d:\d\d(:\d\d)?)(\.(?P<fraction>\d+))?(?P<zone>Z|[+-]\d\d:\d\d)?)?",
    re.IGNORECASE,
)
_NUMBER = r"\d+(?:[.,]\d+)?"
_ISO = re.compile(
    rf"P(?=.)(?:(?P<y>{_NUMBER})Y)?(?:(?P<M>{_NUMBER})M)?(?:(?P<w>{_NUMBER})W)?(?:(?P<d>{_NUMBER})D)?"
    rf"(?:T(?=.)(?:(?P<h>{_NUMBER})H)?(?:(?P<m>{_NUMBER})M)?(?:(?P<s>{_NUMBER})S)?)?",
    re.IGNORECASE,
)
_PART = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>[a-zµ]+)(?:,(?=\s*\d))?\s*", re.IGNORECASE)
_CLOCK = re.compile(rf"(\d+):(\d+):({_NUMBER})")
_UNITS = {
    name: seconds
    for seconds, names in (
        (31_557_600, "y yr yrs year years"),
        (2_630_016, "M mo mos month months"),
        (604_800, "w wk wks week weeks"),
        (86_400, "d day days"),
        (3_600, "h hr hrs hour hours"),
        (60, "m min mins minute minutes"),
        (1, "s sec secs second seconds"),
        (1e-3, "ms msec msecs milli millis millisecond milliseconds"),
        (1e-6, "us usec usecs µs µsec µsecs micro micros microsecond microseconds"),
        (1e-9, "ns nsec nsecs nano nanos nanosecond nanoseconds"),
    )
    for name in names.split()
}
# Nothing was published before, and the arithmetic of dates ends with the year 1.
_LONGEST = timedelta(days=365_250)


def parse_cutoff(text: str) -> datetime | timedelta:
    """The point in time, in UTC, or the length of time before now that ``text`` names.

    A date means the end of that day, and a time without an offset UTC, so that both mean the same on every machine.
    The sign of a duration does not count. Raises :class:`ValueError` with the reason when ``text`` is neither.
    """
    value = text.strip()
    written = _MOMENT.fullmatch(value)
    try:
        found = _moment(written) if written else _duration(value)
    except OverflowError as error:
        raise ValueError(str(error)) from None
    if isinstance(found, timedelta) and found > _LONGEST:
        raise ValueError("no package is as old as that")
    return found


def normalised(text: str) -> str:
    """The value as it is where it is a point in time, else the duration in ISO 8601.

    Raises :class:`ValueError` as :func:`parse_cutoff` does.
    """
    found = parse_cutoff(text)
    return text.strip() if isinstance(found, datetime) else f"PT{int(found.total_seconds())}S"


def moment(text: str, now: datetime) -> str:
    """The point in time that a value means at the time ``now``: RFC 3339 in UTC, to the second or millisecond.

    Raises :class:`ValueError` as :func:`parse_cutoff` does.
    """
    found = parse_cutoff(text)
    when = found if isinstance(found, datetime) else now.astimezone(timezone.utc).replace(microsecond=0) - found
    precision = "milliseconds" if when.microsecond else "seconds"
    return when.isoformat(timespec=precision).replace("+00:00", "Z")


def _moment(found: re.Match[str]) -> datetime:
    day = datetime.fromisoformat(found["date"]).replace(tzinfo=timezone.utc)
    if found["clock"] is None:
        return day.replace(hour=23, minute=59, second=59, microsecond=999_000)
    # Python 3.10 reads neither Z nor fractions of any length.
    zone = "+00:00" if found["zone"] in (None, "Z", "z") else found["zone"]
    when = datetime.fromisoformat(f"{found['date']}T{found['clock']}{zone}").astimezone(timezone.utc)
    return when.replace(microsecond=int(f"{found['fraction'] or 0:0<6}"[:6]))


def _duration(value: str) -> timedelta:
    value = re.sub(r"^[+-]|\s+ago$", "", value)
    iso = _ISO.fullmatch(value)
    if iso:
        parts = ((number, _UNITS[unit]) for unit, number in iso.groupdict().items() if number)
        return sum((_length(number, seconds) for number, seconds in parts), timedelta())
    return _words(value)


def _words(value: str) -> timedelta:
    total, position = timedelta(), 0
    while found := _PART.match(value, position):
        unit = found["unit"]
        # Only the case of `M` has a meaning.
        seconds = _UNITS.get(unit) or _UNITS.get(unit.lower())
        if seconds is None:
            raise ValueError(f"{unit!r} is not a unit of time")
        total += _length(found["number"], seconds)
        position = found.end()
    clock = _CLOCK.fullmatch(value, position)
    if clock:
        return total + sum(map(_length, clock.groups(), (3600, 60, 1)), timedelta())
    if position == 0 or position < len(value):
        raise ValueError(f"{value[position:]!r} is neither a date nor a number with a unit of time")
    return total


def _length(number: str, seconds: float) -> timedelta:
    return timedelta(seconds=float(number.replace(",", ".")) * seconds)
