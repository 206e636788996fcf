from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.core.cutoff import moment, normalised, parse_cutoff

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=timezone.utc)
MONTH = timedelta(days=30.44)
YEAR = timedelta(days=365.25)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T12:00:00Z", utc(2026, 1, 31, 12)),
        ("2026-01-31t12:00:00z", utc(2026, 1, 31, 12)),
        ("2026-01-31T12:00:00+02:00", utc(2026, 1, 31, 10)),
        ("2026-01-31 12:00:00", utc(2026, 1, 31, 12)),
        ("2026-01-31T12:00Z", utc(2026, 1, 31, 12)),
        ("2026-01-31T10:00:00.1234567Z", utc(2026, 1, 31, 10, 0, 0, 123456)),
        ("2026-01-31T10:00:00.1+02:00", utc(2026, 1, 31, 8, 0, 0, 100000)),
        ("2026-01-31", utc(2026, 1, 31, 23, 59, 59, 999000)),
    ],
)
def test_points_in_time(text: str, expected: datetime) -> None:
    assert parse_cutoff(text) == expected
    assert normalised(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7d", timedelta(days=7)),
        ("2 weeks", timedelta(weeks=2)),
        ("1 day 12 hours", timedelta(hours=36)),
        ("36h", timedelta(hours=36)),
        ("24 hrs", timedelta(hours=24)),
        ("P7D", timedelta(days=7)),
        ("P1DT12H", timedelta(hours=36)),
        ("PT604800S", timedelta(days=7)),
        ("P2W", timedelta(weeks=2)),
        # humantime, by which pixi reads
        ("1m", timedelta(minutes=1)),
        ("1M", MONTH),
        ("1 month", MONTH),
        ("6 months", 6 * MONTH),
        ("1y", YEAR),
        ("2years 1month 3h", 2 * YEAR + MONTH + timedelta(hours=3)),
        ("1h30m", timedelta(hours=1.5)),
        ("500ms", timedelta(seconds=0.5)),
        # jiff, by which uv reads
        ("1mo", MONTH),
        ("2 yrs, 1 mo", 2 * YEAR + MONTH),
        ("1 wk 4 days", timedelta(days=11)),
        ("1 day, 12:30:00", timedelta(hours=36.5)),
        ("36:00:00", timedelta(hours=36)),
        ("2.5h", timedelta(hours=2.5)),
        ("1 week ago", timedelta(days=7)),
        ("-P7D", timedelta(days=7)),
        ("P1M", MONTH),
        ("P1Y2M3W4DT5H6M7S", YEAR + 2 * MONTH + timedelta(weeks=3, days=4, hours=5, minutes=6, seconds=7)),
        ("PT1M", timedelta(minutes=1)),
        ("pt1.5s", timedelta(seconds=1.5)),
        # neither minds
        (" 7d ", timedelta(days=7)),
        ("7D", timedelta(days=7)),
        ("1 Week", timedelta(days=7)),
    ],
)
def test_durations(text: str, expected: timedelta) -> None:
    assert parse_cutoff(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31", "2026-01-31T23:59:59.999Z"),
        ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z"),
        ("2026-01-31 10:00:00+02:00", "2026-01-31T08:00:00Z"),
        ("2026-01-31T10:00:00.1234567Z", "2026-01-31T10:00:00.123Z"),
        ("7d", "2026-03-03T12:00:00Z"),
        ("P7D", "2026-03-03T12:00:00Z"),
        ("1 week", "2026-03-03T12:00:00Z"),
        ("24 hours", "2026-03-09T12:00:00Z"),
        ("PT30M", "2026-03-10T11:30:00Z"),
        ("1d 12h", "2026-03-09T00:00:00Z"),
        ("1y", "2025-03-10T06:00:00Z"),
    ],
)
def test_what_is_meant_when_a_time_is_given(text: str, expected: str) -> None:
    assert moment(normalised(text), NOW) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "P", "PT", "P1H", "P7", "soon", "yesterday", "last week", "7 fortnights", "7d later", "ago", "7d,"),
        *("2026-13-01", "2026-01", "2026-1-1", "2026-01-31T25:00:00Z", "2026-01-31T10:00:00+99:00", "7", "d7", "7 7d"),
        *("9999999999d", "9" * 5000 + "d", "2000y", "0001-01-01T00:00:00+02:00", "1:2", "1d 1:2:3 1h"),
    ],
)
def test_neither(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_cutoff(text)


def test_a_wrong_unit_is_named() -> None:
    with pytest.raises(ValueError, match="'fortnights' is not a unit of time"):
        parse_cutoff("2 fortnights")


@given(st.text(alphabet="0123456789 PTYMWDHSymwdhs:.,+-Zago", max_size=20) | st.text(max_size=20))
def test_no_other_exception(text: str) -> None:
    with suppress(ValueError):
        found = moment(normalised(text), NOW)
        assert moment(found, NOW) == found


@given(st.datetimes(timezones=st.just(timezone.utc)))
def test_time_stamps(when: datetime) -> None:
    text = when.isoformat(timespec="microseconds")
    assert parse_cutoff(text.replace("+00:00", "Z")) == when


parts = st.tuples(*(st.integers(0, highest) for highest in (9, 11, 3, 30, 23, 59, 59)))


@given(parts)
def test_all_notations_of_a_duration_mean_the_same(numbers: tuple[int, ...]) -> None:
    years, months, weeks, days, hours, minutes, seconds = numbers
    whole = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    length = years * YEAR + months * MONTH + whole
    clock = f"{hours}H{minutes}M{seconds}S"
    assert parse_cutoff(f"P{years}Y{months}M{weeks}W{days}DT{clock}") == length
    assert parse_cutoff(f"{years}y{months}M{weeks}w{days}d{hours}h{minutes}m{seconds}s") == length
    assert parse_cutoff(f"{years} years, {months} mo, {weeks} wks {days} days {hours}:{minutes}:{seconds}") == length
    words = f"{seconds} seconds {minutes} min {hours} hrs {days}days {weeks} weeks {months} months {years} yr"
    assert parse_cutoff(words) == length
    assert normalised(words) == f"PT{int(length.total_seconds())}S"
    assert normalised(normalised(words)) == normalised(words)
