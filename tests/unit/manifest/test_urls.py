from __future__ import annotations

from pathlib import Path

import pytest

from interlock.manifest import urls

ROOT = Path("/work space/project")


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("conda-forge", "conda-forge"),
        ("conda-forge/label/dev", "conda-forge/label/dev"),
        ("https://example.com/channel/", "https://example.com/channel"),
        ("./channel", "file:///work%20space/project/channel"),
        ("../channel", "file:///work%20space/channel"),
        ("/srv/channel", "file:///srv/channel"),
        ("file:///srv/channel", "file:///srv/channel"),
        ("file:///srv/a%20b", "file:///srv/a%20b"),
        ("file:///srv/./x/../channel/", "file:///srv/channel"),
        ("https://example.com/x/../channel", "https://example.com/channel"),
    ],
)
def test_channels(channel: str, expected: str) -> None:
    assert urls.channel_url(channel, ROOT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("./wheels", "/work space/project/wheels"),
        ("/srv/wheels", "/srv/wheels"),
        ("file:///srv/a%20b", "/srv/a b"),
        ("https://example.com/links.html", "https://example.com/links.html"),
        ("https://example.com/./links.html", "https://example.com/links.html"),
    ],
)
def test_find_links(text: str, expected: str) -> None:
    assert urls.location(text, ROOT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("./simple", "file:///work%20space/project/simple"),
        ("file:./simple", "file:///work%20space/project/simple"),
        ("file:///srv/./simple", "file:///srv/simple"),
        ("https://example.com/x/../simple/", "https://example.com/simple/"),
    ],
)
def test_indexes(text: str, expected: str) -> None:
    assert urls.index_url(text, ROOT) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.com/r.git", "git+https://example.com/r.git"),
        ("git+https://example.com/r.git", "git+https://example.com/r.git"),
        ("ssh://git@example.com/r", "git+ssh://git@example.com/r"),
        ("git@example.com:org/r.git", "git+ssh://git@example.com/org/r.git"),
        ("file:///srv/r", "git+file:///srv/r"),
        ("../r", "git+file:///work%20space/r"),
        ("/srv/r", "git+file:///srv/r"),
    ],
)
def test_git_addresses(address: str, expected: str) -> None:
    assert urls.git_url(address, ROOT) == expected


def test_home_directories_are_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert urls.channel_url("~/channel", ROOT) == "file:///home/me/channel"
