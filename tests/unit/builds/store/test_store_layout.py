from __future__ import annotations

from pathlib import Path

import pytest

from interlock.builds.store.entry import Entry
from interlock.builds.store.storage import Directory
from interlock.builds.store.store_layout import add_record, records

KEY = "ab" * 32


def test_a_folder_where_a_record_belongs_is_not_a_record(tmp_path: Path) -> None:
    (tmp_path / "index" / "ab" / KEY / "x.json").mkdir(parents=True)
    assert list(records(Directory(tmp_path), KEY)) == []


def test_only_records_of_wanted_packages_are_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = Directory(tmp_path)
    for name in ("one", "one-more"):
        add_record(storage, KEY, Entry(name=name, version="1", mode="isolated", missing=(name,)))
    assert [each.entry and each.entry.name for each in records(storage, KEY, {"one"})] == ["one"]
    assert len(list(records(storage, KEY))) == 2
    monkeypatch.setattr("interlock.builds.store.store_layout.LARGEST", 1 << 20)
    (large, *_) = (tmp_path / "index" / "ab" / KEY).iterdir()
    large.write_bytes(b" " * (1 << 21))
    (unread,) = (each for each in records(storage, KEY) if each.entry is None)
    assert unread.unread == "it is larger than 1 MiB"


@pytest.mark.parametrize("file", ["index", "index/ab", f"index/ab/{KEY}"])
def test_a_file_where_a_folder_belongs_has_no_records(tmp_path: Path, file: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text("x")
    assert list(records(Directory(tmp_path), KEY)) == []
