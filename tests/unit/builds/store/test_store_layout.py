from __future__ import annotations

from pathlib import Path

import pytest

from interlock.builds.store.storage import Directory
from interlock.builds.store.store_layout import records

KEY = "ab" * 32


def test_a_folder_where_a_record_belongs_is_not_a_record(tmp_path: Path) -> None:
    (tmp_path / "index" / "ab" / KEY / "x.json").mkdir(parents=True)
    assert list(records(Directory(tmp_path), KEY)) == []


@pytest.mark.parametrize("file", ["index", "index/ab", f"index/ab/{KEY}"])
def test_a_file_where_a_folder_belongs_has_no_records(tmp_path: Path, file: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text("x")
    assert list(records(Directory(tmp_path), KEY)) == []
