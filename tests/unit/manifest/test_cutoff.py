from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.manifest.cutoff import duration, moment, normalised

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text", ["2026-01-31", "2026-01-31T10:00:00Z", "2026-01-31 10:00:00+02:00", "2026-01-31T10:00:00.1234567Z"]
)
def test_moments_stay_as_they_are(text: str) -> None:
    assert normalised(text) == text
    assert moment(text, NOW) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7d", "2026-03-03T12:00:00Z"),
        ("P7D", "2026-03-03T12:00:00Z"),
        ("1 week", "2026-03-03T12:00:00Z"),
        ("24 hours", "2026-03-09T12:00:00Z"),
        ("PT30M", "2026-03-10T11:30:00Z"),
        ("1d 12h", "2026-03-09T00:00:00Z"),
    ],
)
def test_durations_become_moments_when_a_time_is_given(text: str, expected: str) -> None:
    value = normalised(text)
    assert value is not None
    assert moment(value, NOW) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-1-1", "7", "P", "PT", "7d later", "7 months"])
def test_neither(text: str) -> None:
    assert normalised(text) is None


@given(st.integers(0, 400), st.integers(0, 23), st.integers(0, 59))
def test_both_notations_of_a_duration_mean_the_same(days: int, hours: int, minutes: int) -> None:
    length = timedelta(days=days, hours=hours, minutes=minutes)
    assert duration(f"P{days}DT{hours}H{minutes}M") == length
    assert duration(f"{days} days, {hours}h {minutes} min") == length
    assert normalised(str(normalised(f"{days}d{hours}h"))) == normalised(f"P{days}DT{hours}H")
