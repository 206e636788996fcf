from __future__ import annotations

from pathlib import Path

import pytest

from interlock.core.urls import (
    check_fetchable,
    file_path,
    local_path,
    redacted,
    shown,
    split_url,
    without_credentials,
    without_dots,
    without_password,
)


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


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h/a/./b/../c.whl?x=../y#sha256=0", "https://h/a/c.whl?x=../y#sha256=0"),
        ("https://h/a/%2E%2e/b", "https://h/b"),
        ("https://h/../a", "https://h/a"),
        ("https://h/a/..", "https://h/"),
        ("https://h/a//b/", "https://h/a//b/"),
        ("git+file:///srv/./r@v1#subdirectory=../x", "git+file:///srv/r@v1#subdirectory=../x"),
        ("https://h", "https://h"),
        ("../lib", "../lib"),
        ("conda-forge", "conda-forge"),
    ],
)
def test_an_address_has_one_spelling(url: str, expected: str) -> None:
    assert without_dots(url) == expected
    assert without_dots(expected) == expected


def test_local_places_are_shown_as_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a b").mkdir()
    monkeypatch.chdir(tmp_path / "a b")
    assert shown((tmp_path / "a b/lib").as_uri()) == "./lib"
    assert shown((tmp_path / "a b").as_uri()) == "."
    assert shown((tmp_path / "other/x.whl").as_uri()) == "../other/x.whl"
    assert shown("file:///far/away") == "/far/away"
    assert shown("https://me:word@host/x") == "https://***@host/x"
    assert shown("x-1.0.tar.gz") == "x-1.0.tar.gz"


def test_secrets_are_not_shown() -> None:
    text = "https://me:word@host/map.json, https://host/t/tk-1/own and http://host/plain"
    assert redacted(text) == "https://***@host/map.json, https://host/t/***/own and http://host/plain"
    assert redacted("https://h/x?a=1&token=tk&b=2 and https://me:w@rd@h/") == (
        "https://h/x?a=1&token=***&b=2 and https://***@h/"
    )
    assert redacted("https://h/x?token=tk&password=pw&b=2") == "https://h/x?token=***&password=***&b=2"


@pytest.mark.parametrize(
    ("secret", "public"),
    [
        ("https://me:pw@host/simple", "https://host/simple"),
        ("https://token@host/simple", "https://host/simple"),
        ("git+https://me:p@w@host/r.git", "git+https://host/r.git"),
        ("git+ssh://git:pw@host/r.git@v1", "git+ssh://git@host/r.git@v1"),
        ("https://host/t/xy-123/channel/linux-64", "https://host/channel/linux-64"),
        ("https://host/x.whl?token=abc", "https://host/x.whl"),
        ("https://host/x.whl?token=abc&password=def&b=2&secret=ghi", "https://host/x.whl?b=2"),
        ("https://host/x?a=1&api_key=s&b=2#sha256=0", "https://host/x?a=1&b=2#sha256=0"),
        ("demo @ https://me:pw@host/x.whl ; python_version > '3'", "demo @ https://host/x.whl ; python_version > '3'"),
        ("https://github.example/org/repo@v1", "https://github.example/org/repo@v1"),
        ("mail me@host", "mail me@host"),
    ],
)
def test_credentials_are_left_out(secret: str, public: str) -> None:
    assert without_credentials(secret) == public
    assert without_credentials(public) == public


def test_passwords() -> None:
    assert without_password("https://user:secret@example.org/simple") == "https://example.org/simple"
    assert without_password("https://example.org/simple") == "https://example.org/simple"
    assert without_password("ssh://git@example.org/repo") == "ssh://git@example.org/repo"


@pytest.mark.parametrize("text", ["https://[::1", "file://[x", "git+https://[", "https://\u2100.example", "[", ""])
def test_what_is_no_url_is_all_path(text: str) -> None:
    assert split_url(text).hostname is None
    assert split_url(text).path in (text, "")
    assert without_password(text) == text
    if text:
        with pytest.raises(ValueError):
            check_fetchable(text)


def test_a_url_cannot_have_a_nul() -> None:
    with pytest.raises(ValueError, match="NUL"):
        check_fetchable("file:///a%00.whl")
