from __future__ import annotations

import pytest

from interlock.core.patience import http_retries, silence_seconds


@pytest.mark.parametrize(
    ("text", "seconds", "retries"),
    [
        ("2", 2.0, 2),
        ("0.5", 0.5, None),
        ("0", None, 0),  # nothing may come at once, but nothing need be tried again
        ("-1", None, None),
        ("nan", None, None),
        ("1e300", None, None),
        ("soon", None, None),
        ("", None, None),
    ],
)
def test_what_users_may_say(
    monkeypatch: pytest.MonkeyPatch, text: str, seconds: float | None, retries: int | None
) -> None:
    monkeypatch.setenv("INTERLOCK_HTTP_TIMEOUT", text)
    monkeypatch.setenv("INTERLOCK_HTTP_RETRIES", text)
    assert silence_seconds() == seconds
    assert http_retries() == retries


def test_by_default_the_engines_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTERLOCK_HTTP_TIMEOUT", raising=False)
    monkeypatch.delenv("INTERLOCK_HTTP_RETRIES", raising=False)
    assert (silence_seconds(), http_retries()) == (None, None)
