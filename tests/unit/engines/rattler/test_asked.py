from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from interlock.engines.rattler.asked import _marker, last_asked, remember_asked

CHANNEL = "https://channels.example/main"


def test_the_last_time_that_a_channel_was_asked_for_a_platform_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert last_asked(CHANNEL, "linux-64") is None
    remember_asked([f"{CHANNEL}/", "file:///channel"], "linux-64")
    asked = last_asked(CHANNEL, "linux-64")
    assert asked is not None
    assert timedelta(0) <= datetime.now(timezone.utc) - asked < timedelta(minutes=10)
    assert last_asked(CHANNEL, "osx-arm64") is None
    assert last_asked("file:///channel", "linux-64") is None
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    _marker(CHANNEL, "linux-64").write_text("2026-01-02T03:04:05+00:00")
    remember_asked([CHANNEL], "linux-64")
    assert last_asked(CHANNEL, "linux-64") == datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-01-02T03:04:05"])
def test_what_is_no_time_is_not_known(text: str) -> None:
    remember_asked([CHANNEL], "linux-64")
    _marker(CHANNEL, "linux-64").write_text(text)
    assert last_asked(CHANNEL, "linux-64") is None
