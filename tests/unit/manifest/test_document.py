from __future__ import annotations

from pathlib import Path

import pytest

from interlock.manifest.document import Document, dotted, label, read_text
from interlock_hooks.types import ExitCode, Finding, InterlockError


def finding(path: Path) -> Finding:
    with pytest.raises(InterlockError) as caught:
        Document.read(path)
    assert caught.value.exit_code is ExitCode.USAGE
    (found,) = caught.value.findings
    return found


def test_malformed_toml_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "pixi.toml"
    path.write_text("[workspace]\nchannels = [\n\n[dependencies]\n")
    found = finding(path)
    assert found.code == "IL103"
    assert found.where is not None
    assert found.where.line == 4
    assert "line 4" in found.fix


def test_a_file_that_is_not_utf_8_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "pixi.toml"
    path.write_bytes(b"[workspace]\nname = 'caf\xe9'\n")
    found = finding(path)
    assert found.code == "IL102"
    assert found.where is not None
    assert found.where.line == 2


def test_missing_file_and_directory(tmp_path: Path) -> None:
    assert finding(tmp_path / "pixi.toml").code == "IL101"
    assert finding(tmp_path / "pixi.toml" / "below").code == "IL101"
    assert finding(tmp_path).code == "IL102"


def test_line_ends_of_windows_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "pixi.toml"
    path.write_bytes("\ufeff[a]\r\nb = '''\r\n'''\r\nc = 1\r\n".encode())
    document = Document.read(path)
    assert document.data == {"a": {"b": "", "c": 1}}
    assert document.where(("a", "c")).line == 4


def test_an_absent_key_has_the_place_of_its_table(tmp_path: Path) -> None:
    document = Document(tmp_path / "x.toml", "\n[a]\nb = 1\n")
    where = document.where(("a", "missing", "key"))
    assert (where.line, where.key) == (2, "a.missing.key")
    assert document.where(()).line is None


def test_dotted_keys_are_quoted_where_toml_needs_it() -> None:
    assert dotted(("tool", "uv", "index", 0, "url")) == "tool.uv.index[0].url"
    assert dotted(("a b", 'q"', "ok-1")) == '"a b"."q\\"".ok-1'


def test_labels_are_relative_to_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert label(tmp_path / "sub" / "pixi.toml") == str(Path("sub") / "pixi.toml")
    assert label(tmp_path.parent / "pixi.toml") == str(tmp_path.parent / "pixi.toml")


@pytest.mark.parametrize(("content", "told"), [(b"a: \xff", "manifests are UTF-8"), ("a".encode("utf-16"), "UTF-16")])
def test_text_in_another_encoding_is_to_be_saved_as_utf_8(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "environment.yml"
    path.write_bytes(content)
    with pytest.raises(InterlockError) as caught:
        read_text(path)
    (found,) = caught.value.findings
    assert told in found.why
    assert found.fix == f"save {path} as UTF-8"
