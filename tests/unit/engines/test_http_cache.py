from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock.engines import http_cache
from interlock.engines.http import HASTY, RequestFailedError
from interlock.engines.http_cache import fetch
from kit.documents import Documents, serve_documents


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Documents]:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    with serve_documents() as served:
        yield served


def statuses(documents: Documents) -> list[int]:
    return [status for _, status in documents.requests]


def test_what_is_fresh_is_not_asked_for_again(documents: Documents) -> None:
    documents.put("map.json", "one", max_age=3600)
    assert [fetch(f"{documents.url}/map.json").content for _ in range(3)] == [b"one"] * 3
    assert statuses(documents) == [200]


def test_what_is_stale_is_asked_for_with_its_tag(documents: Documents) -> None:
    documents.put("map.json", "one", max_age=0)
    assert [fetch(f"{documents.url}/map.json").content for _ in range(2)] == [b"one", b"one"]
    documents.put("map.json", "two", max_age=0)
    assert fetch(f"{documents.url}/map.json").content == b"two"
    assert statuses(documents) == [200, 304, 200]


def test_an_answer_that_says_nothing_is_fresh_for_a_while(
    documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents.put("map.json", "one", tagged=False)
    assert [fetch(f"{documents.url}/map.json").content for _ in range(2)] == [b"one", b"one"]
    assert statuses(documents) == [200]
    documents.put("other.json", "one", tagged=False)
    monkeypatch.setattr(http_cache, "_FRESH_SECONDS", 0)
    assert [fetch(f"{documents.url}/other.json").content for _ in range(2)] == [b"one", b"one"]
    assert statuses(documents) == [200, 200, 200]


@pytest.mark.parametrize("tagged", [True, False])
def test_an_old_copy_serves_while_the_server_is_out_of_reach(
    documents: Documents, monkeypatch: pytest.MonkeyPatch, tagged: bool
) -> None:
    documents.put("map.json", "one", max_age=60, tagged=tagged)
    url = f"{documents.url}/map.json"
    assert fetch(url).failure is None
    documents.broken = True
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    for _ in range(2):
        stale = fetch(url)
        assert stale.content == b"one"
        assert "503" in (stale.failure or "")


def test_without_a_copy_it_says_why(documents: Documents) -> None:
    with pytest.raises(RequestFailedError, match="404"):
        fetch(f"{documents.url}/missing.json", HASTY)
    with pytest.raises(RequestFailedError, match="refused"):
        fetch("http://127.0.0.1:9/map.json", HASTY)
    with pytest.raises(RequestFailedError):
        fetch("http://[broken/map.json")


def test_a_cache_that_cannot_be_used(documents: Documents, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the directory should be")
    documents.put("map.json", "one", max_age=3600)
    with pytest.raises(RequestFailedError, match="cache"):
        fetch(f"{documents.url}/map.json")


def test_with_the_network_switched_off_old_copies_do_and_nothing_is_asked(
    documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents.put("map.json", "one", max_age=0)
    documents.put("other.json", "one")
    fetch(f"{documents.url}/map.json")
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    found = fetch(f"{documents.url}/map.json")
    assert found.content == b"one"
    assert "switched off (INTERLOCK_OFFLINE)" in (found.failure or "")
    with pytest.raises(RequestFailedError, match="the network is switched off"):
        fetch(f"{documents.url}/other.json")
    assert statuses(documents) == [200]
