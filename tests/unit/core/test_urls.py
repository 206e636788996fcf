from __future__ import annotations

from pathlib import Path

from interlock.core.urls import file_path, local_path, redacted


def test_local_paths() -> None:
    assert local_path("file:///a%20b/c") == Path("/a b/c") == local_path("/a b/c")
    assert local_path("file://localhost/a#sha256=1") == Path("/a")
    assert local_path("a%20b", Path("/root")) == Path("/root/a%20b") == local_path("file:a%2520b", Path("/root"))
    assert local_path("/a", Path("/root")) == Path("/a")


def test_paths_of_file_urls_only() -> None:
    assert file_path("FILE:///a%20b") == Path("/a b")
    assert file_path("https://host/a") is None
    assert file_path("/a") is None
    assert file_path("git+file:///a") is None


def test_secrets_are_not_shown() -> None:
    text = "https://me:word@host/map.json, https://host/t/tk-1/own and http://host/plain"
    assert redacted(text) == "https://***@host/map.json, https://host/t/***/own and http://host/plain"
