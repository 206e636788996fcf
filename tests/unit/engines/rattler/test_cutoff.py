from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engines.rattler.cutoff import parse_cutoff
from interlock_hooks.types import InterlockError


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T12:00:00Z", utc(2026, 1, 31, 12)),
        ("2026-01-31t12:00:00z", utc(2026, 1, 31, 12)),
        ("2026-01-31T12:00:00+02:00", utc(2026, 1, 31, 10)),
        ("2026-01-31 12:00:00", utc(2026, 1, 31, 12)),
        ("2026-01-31", utc(2026, 1, 31, 23, 59, 59, 999000)),
        ("7d", timedelta(days=7)),
        ("2 weeks", timedelta(weeks=2)),
        ("1 day 12 hours", timedelta(hours=36)),
        ("36h", timedelta(hours=36)),
        ("P7D", timedelta(days=7)),
        ("P1DT12H", timedelta(hours=36)),
        ("PT604800S", timedelta(days=7)),
        ("P2W", timedelta(weeks=2)),
    ],
)
def test_accepted(text: str, expected: datetime | timedelta) -> None:
    assert parse_cutoff(text) == expected


@pytest.mark.parametrize("text", ["", "P", "soon", "7 fortnights", "2026-13-01", "7", "d7", "2026-01", "9999999999d"])
def test_refused(text: str) -> None:
    with pytest.raises(InterlockError) as caught:
        parse_cutoff(text)
    assert caught.value.findings[0].code == "IL214"


@given(st.text(max_size=20))
def test_no_other_exception(text: str) -> None:
    with suppress(InterlockError):
        parse_cutoff(text)


@given(st.datetimes(timezones=st.just(timezone.utc)))
def test_time_stamps(moment: datetime) -> None:
    text = moment.isoformat(timespec="microseconds")
    assert parse_cutoff(text.replace("+00:00", "Z")) == moment
