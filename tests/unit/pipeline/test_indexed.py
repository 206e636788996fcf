"""What is said of a solve that knows only what caches have."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from interlock.pipeline.findings import from_caches

NOW = datetime(2026, 11, 28, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (timedelta(days=12, hours=3), "https://c.example (last asked on 2026-11-16, 12 days ago)"),
        (timedelta(days=1), "https://c.example (last asked on 2026-11-27, 1 day ago)"),
        (timedelta(minutes=5), "https://c.example (last asked on 2026-11-28, less than a day ago)"),
        # Of a clock that was set back.
        (timedelta(minutes=-5), "https://c.example (last asked on 2026-11-28, less than a day ago)"),
        (None, "https://c.example"),
    ],
)
def test_the_age_of_what_is_known_of_a_channel_is_told(age: timedelta | None, told: str) -> None:
    finding = from_caches({"https://c.example": None if age is None else NOW - age}, NOW)
    assert finding.why.endswith(f"; this is what caches have of {told}")
    assert finding.why.count("https://") == 1
    assert from_caches({}, NOW).why.endswith("of package indexes")
