from __future__ import annotations

from pathlib import Path

from interlock.core.urls import local_path, redacted


def test_local_paths() -> None:
    assert local_path("file:///a%20b/c") == Path("/a b/c") == local_path("/a b/c")


def test_secrets_are_not_shown() -> None:
    text = "https://me:word@host/map.json, https://host/t/tk-1/own and http://host/plain"
    assert redacted(text) == "https://***@host/map.json, https://host/t/***/own and http://host/plain"
