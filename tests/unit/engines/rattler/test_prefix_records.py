from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from interlock.engines.rattler.prefix_records import (
    drop_unreadable,
    incomplete_records,
    installed_records,
    record_digests,
    record_files,
)

ENTRY = {
    "name": "lib",
    "version": "1.0",
    "build": "0",
    "build_number": 0,
    "subdir": "linux-64",
    "url": "https://host/channel/linux-64/lib-1.0-0.conda",
    "files": ["share/lib.txt", "bin/lib"],
}


def put(prefix: Path, **changes: object) -> Path:
    data = ENTRY | changes
    path = prefix / "conda-meta" / f"{data['name']}-{data['version']}-{data['build']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data))
    return path


def test_records_and_their_files(tmp_path: Path) -> None:
    put(tmp_path)
    put(tmp_path, name="app", files=[])
    (tmp_path / "conda-meta" / "interlock").write_text("{}")
    (tmp_path / "conda-meta" / "history").write_text("")
    assert [record.name for record in installed_records(tmp_path)] == ["app", "lib"]
    assert installed_records(tmp_path)[1].file_name == "lib-1.0-0.conda"
    assert record_files(tmp_path) == {"app": (), "lib": ("share/lib.txt", "bin/lib")}


def test_the_digests_of_what_was_linked(tmp_path: Path) -> None:
    paths = [
        {"_path": "share/lib.txt", "sha256": "aa", "sha256_in_prefix": "bb"},
        {"_path": "bin/lib", "sha256": "cc"},
    ]
    put(tmp_path, paths_data={"paths": paths})
    put(tmp_path, name="app", files=["bin/app"])
    assert record_digests(tmp_path) == {"app": {"bin/app": None}, "lib": {"share/lib.txt": "bb", "bin/lib": "cc"}}


def test_an_empty_place(tmp_path: Path) -> None:
    assert installed_records(tmp_path / "nowhere") == []
    assert record_files(tmp_path) == {}
    assert drop_unreadable(tmp_path) == []


def test_incomplete_records(tmp_path: Path) -> None:
    put(tmp_path)
    (tmp_path / "share").mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "share/lib.txt").write_text("")
    assert incomplete_records(tmp_path) == {"lib"}
    (tmp_path / "bin/lib").symlink_to("nowhere")  # a link counts as it is
    assert incomplete_records(tmp_path) == set()


def test_a_folder_where_an_entry_belongs_is_dropped(tmp_path: Path) -> None:
    folder = tmp_path / "conda-meta" / "lib-1.0-0.json"
    (folder / "inner").mkdir(parents=True)
    assert drop_unreadable(tmp_path) == ["lib-1.0-0.json"]
    assert not folder.exists()


def test_unreadable_entries_are_dropped(tmp_path: Path) -> None:
    good = put(tmp_path)
    broken = tmp_path / "conda-meta" / "app-2.0-0.json"
    broken.write_text('{"name": "app", "vers')
    other = tmp_path / "conda-meta" / "state.json"
    other.write_text("not ours")
    assert [record.name for record in installed_records(tmp_path)] == ["lib"]
    assert drop_unreadable(tmp_path) == ["app-2.0-0.json"]
    assert good.exists()
    assert other.exists()
    assert not broken.exists()


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "1",
        '"x"',
        "[" * 100_000,
        '{"name": 1}',
        json.dumps(ENTRY | {"version": None}),
        json.dumps(ENTRY | {"url": []}),
    ],
)
def test_an_entry_that_is_no_record_counts_as_not_there(tmp_path: Path, content: str) -> None:
    put(tmp_path).write_text(content)
    assert installed_records(tmp_path) == []
    assert record_digests(tmp_path) == {}
    assert drop_unreadable(tmp_path) == ["lib-1.0-0.json"]


def test_a_field_of_a_wrong_type_counts_as_not_there(tmp_path: Path) -> None:
    put(
        tmp_path,
        depends="abc",
        md5=[],
        size="1",
        channel=7,
        purls=[1, "pkg:pypi/lib"],
        timestamp=1.5,
        files=[None, "bin/lib", ["x"]],
        paths_data={"paths": ["x", {"sha256": "y"}, {"_path": "bin/lib", "sha256": 3}]},
    )
    (record,) = installed_records(tmp_path)
    assert (record.depends, record.md5, record.size, record.channel, record.timestamp) == ((), None, None, "", 1)
    assert record.purls == ("pkg:pypi/lib",)
    assert record_digests(tmp_path) == {"lib": {"bin/lib": None}}
    put(tmp_path, paths_data="abc", files="abc")
    assert record_digests(tmp_path) == {"lib": {}}


def test_reading_a_prefix_does_not_load_rattler() -> None:
    code = (
        "import sys, interlock.engines.rattler.prefix_records, interlock.engines.rattler.activation,"
        " interlock.engines.rattler.cached_prefix; sys.exit('rattler' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_entries_with_files_outside_of_the_prefix_are_dropped(tmp_path: Path) -> None:
    """rattler would remove those files with the package."""
    prefix = tmp_path / "prefix"
    meta = prefix / "conda-meta"
    meta.mkdir(parents=True)
    (prefix / "link").symlink_to(tmp_path)
    for name, listed in (
        ("fine", "share/x"),
        ("dots", "../victim"),
        ("absolute", "/victim"),
        ("linked", "link/victim"),
    ):
        data = {"name": name, "version": "1", "build": "0", "subdir": "linux-64", "url": "file:///x"}
        for kind, said in (("a", {"files": [listed]}), ("b", {"paths_data": {"paths": [{"_path": listed}]}})):
            (meta / f"{name}{kind}-1-0.json").write_text(json.dumps(data | said))
    dropped = {name.rstrip("0.json-1")[:-1] for name in drop_unreadable(prefix)}
    assert dropped == {"dots", "absolute", "linked"}
    assert len(list(meta.iterdir())) == 2
