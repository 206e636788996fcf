"""Files are replaced whole or not at all."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.core import files
from interlock.core.files import (
    exists,
    ignores_case,
    is_directory,
    is_file,
    sha256_of,
    staging,
    text_in,
    without_case,
    write_atomic,
)


@pytest.mark.parametrize(("data", "stored"), [("süß\n", "süß\n".encode()), (b"\x00\xff", b"\x00\xff"), ("", b"")])
def test_text_and_bytes_are_written_into_new_directories(tmp_path: Path, data: str | bytes, stored: bytes) -> None:
    path = tmp_path / "a" / "b" / "file"
    write_atomic(path, data)
    assert path.read_bytes() == stored


def test_the_old_file_is_replaced_for_those_who_open_it_next(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with path.open() as reader:
        write_atomic(path, "new")
        assert reader.read() == "old"
    assert path.read_text() == "new"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fail(handle: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_who_writes_alone_replaces_what_an_interrupted_write_left(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with staging(path, alone=True) as staged:
        pass
    staged.write_text("half")
    write_atomic(path, "whole", alone=True)
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("file", "whole")]


def test_a_new_file_follows_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomic(tmp_path / "file", "x")
        assert os.umask(0o027) == 0o027, "the umask must be as it was"
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def test_permissions_of_the_old_file_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o600)
    write_atomic(path, "new")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_is_written_through(tmp_path: Path) -> None:
    target = tmp_path / "shared" / "file"
    target.parent.mkdir()
    target.write_text("old")
    link = tmp_path / "file"
    link.symlink_to(target)
    write_atomic(link, "new", follow=True)
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_links_that_others_may_have_put_there_are_replaced(tmp_path: Path) -> None:
    target, link, dangling = tmp_path / "target", tmp_path / "link", tmp_path / "dangling"
    target.write_text("old")
    link.symlink_to(target)
    dangling.symlink_to(tmp_path / "new")
    write_atomic(link, "new")
    write_atomic(dangling, "new", follow=True)
    for path in (link, dangling):
        assert not path.is_symlink()
        assert path.read_text() == "new"
    assert target.read_text() == "old"
    assert not (tmp_path / "new").exists()


@given(st.binary(max_size=64), st.integers(1, 16))
def test_the_digest_does_not_depend_on_how_a_file_is_read(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, chunk: int
) -> None:
    path = tmp_path_factory.mktemp("digest") / "file"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_CHUNK", chunk)
        assert sha256_of(path) == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("durable", [True, False])
def test_a_staged_file_gets_its_name_only_when_it_is_whole(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "folder" / ("x" * 250)
    with staging(path, durable=durable) as staged:
        assert staged.parent == path.parent
        assert not path.exists()
        staged.write_text("whole")
    assert path.read_text() == "whole"
    with suppress(KeyError), staging(path, durable=durable) as staged:
        staged.write_text("half")
        raise KeyError
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert path.read_text() == "whole"


@pytest.mark.parametrize("place", ["x" * 300, "a\0b", "\udcff\0", "a/" * 3000])
def test_what_cannot_be_a_path_is_not_there(tmp_path: Path, place: str) -> None:
    path = tmp_path / place
    assert (exists(path), is_file(path), is_directory(path)) == (False, False, False)


def test_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert (exists(file), is_file(file), is_directory(file)) == (True, True, False)
    assert (exists(tmp_path), is_file(tmp_path), is_directory(tmp_path)) == (True, False, True)


def test_whether_a_disk_tells_names_apart_that_differ_in_case(tmp_path: Path) -> None:
    (tmp_path / "env").mkdir()
    assert not ignores_case(tmp_path / "env")
    (tmp_path / "ENV").mkdir()
    assert ignores_case(tmp_path / "env")


def test_names_that_are_one_without_case() -> None:
    assert without_case("lib/Stra\u00dfe.py") == without_case("lib/STRASSE.py")
    assert without_case("e\u0301.py") == without_case("\u00c9.py")
    assert without_case("a.py") != without_case("b.py")


def test_the_text_of_what_others_wrote(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes("name = 'é'".encode("latin-1"))
    assert text_in(tmp_path / "latin") == "name = '\N{REPLACEMENT CHARACTER}'"
    assert (text_in(tmp_path), text_in(tmp_path / "none")) == ("", "")
