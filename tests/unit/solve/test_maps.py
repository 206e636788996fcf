from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from interlock.solve import maps
from interlock.solve.maps import KnownMap, conda_forge_map
from interlock_hooks.types import InterlockError, Severity
from kit.documents import Documents, serve_documents


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Documents]:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    with serve_documents() as served:
        monkeypatch.setattr(maps, "PUBLISHED", f"{served.url}/published.json")
        yield served


def in_a_new_process() -> KnownMap:
    return conda_forge_map.__wrapped__()


def test_the_published_map_is_used_and_kept(documents: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    documents.put("published.json", json.dumps({"pytorch": ["torch"], "new": None}), max_age=0)
    for _ in range(2):
        found = in_a_new_process()
        assert (found.get("pytorch"), found.get("new"), found.get("other")) == (("torch",), (), None)
        assert (found.rule, found.source) == ("published", maps.PUBLISHED)
    assert len(documents.requests) == 1
    assert found.conda_names("torch") == ["pytorch"]
    monkeypatch.setattr(maps, "_PAUSE_SECONDS", 0)
    documents.put("published.json", json.dumps({"pytorch": ["other"]}), max_age=0)
    assert in_a_new_process().get("pytorch") == ("other",)
    documents.put("published.json", "<html>log in to this network</html>")
    assert in_a_new_process().get("pytorch") == ("other",)
    documents.broken = True
    assert in_a_new_process().get("pytorch") == ("other",)


def test_the_snapshot_takes_its_place_and_the_network_is_left_alone_for_a_while(
    documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents.broken = True
    assert [in_a_new_process().rule for _ in range(3)] == ["snapshot"] * 3
    assert len(documents.requests) == 1
    monkeypatch.setattr(maps, "_PAUSE_SECONDS", 0)
    documents.broken = False
    documents.put("published.json", "{}")
    assert in_a_new_process().rule == "published"


def test_a_cache_that_cannot_be_written(documents: Documents, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the directory should be")
    assert in_a_new_process().rule == "snapshot"


def test_a_broken_published_map_is_as_good_as_none(documents: Documents) -> None:
    documents.put("published.json", "<html>we are moving</html>", max_age=3600)
    assert in_a_new_process().rule == "snapshot"


def test_a_map_at_an_address(documents: Documents) -> None:
    documents.put("map.json", json.dumps({"A": "b", "c": ["d", "e"], "f": None, "g": ["not a name"]}), max_age=0)
    url = f"{documents.url}/map.json"
    found = maps.map_at.__wrapped__(url)
    assert [found.get(name) for name in "acfgx"] == [("b",), ("d", "e"), (), (), None]
    assert (found.rule, found.source, found.finding) == ("map", url, None)
    documents.broken = True
    finding = maps.map_at.__wrapped__(url).finding
    assert finding is not None
    assert (finding.code, finding.severity) == ("IL243", Severity.WARNING)


def test_passwords_are_not_shown(documents: Documents) -> None:
    url = f"{documents.url}/map.json".replace("://", "://me:word@")
    with pytest.raises(InterlockError) as error:
        maps.map_at.__wrapped__(url)
    assert "word" not in str(error.value.findings)
    documents.put("map.json", "{}")
    assert maps.map_at.__wrapped__(url).source == url.replace("me:word", "***")


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        (None, "IL241", "404"),
        ("[]", "IL242", "object"),
        ("<html>", "IL242", "raw file"),
        ('{"a": 1}', "IL242", "'a' has 1"),
        ('{"a": ["b", null]}', "IL242", "'a'"),
    ],
)
def test_what_is_no_map(documents: Documents, text: str | None, code: str, told: str) -> None:
    if text is not None:
        documents.put("map.json", text)
    with pytest.raises(InterlockError) as error:
        maps.map_at.__wrapped__(f"{documents.url}/map.json")
    (finding,) = error.value.findings
    assert finding.code == code
    assert told in finding.why + finding.fix
    assert documents.url in finding.what


def test_the_snapshot_has_its_licence_beside_it() -> None:
    data = files("interlock.solve") / "data"
    assert "BSD 3-Clause" in (data / "conda-forge-pypi-map.LICENSE").read_text()
    names = json.loads(gzip.decompress((data / "conda-forge-pypi-map.json.gz").read_bytes()))
    assert len(names) > 30_000


def test_with_the_network_switched_off_what_is_cached_does(
    documents: Documents, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    documents.put("published.json", json.dumps({"pytorch": ["torch"]}))
    documents.put("own.json", json.dumps({"a": ["b"]}))
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    assert in_a_new_process().rule == "snapshot"
    with pytest.raises(InterlockError) as refused:
        maps.map_at.__wrapped__(f"{documents.url}/own.json")
    assert [str(each) for each in refused.value.findings[0].missing] == [f"name map {documents.url}/own.json"]
    assert documents.requests == []
    # An attempt that was none does not count as one.
    monkeypatch.delenv("INTERLOCK_OFFLINE")
    assert in_a_new_process().rule == "published"
