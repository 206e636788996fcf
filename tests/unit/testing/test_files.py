"""Archives are reproducible, and hold what they were given."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from interlock_hooks.testing.files import mode_of, write_tar, write_tree, write_zip


def test_zip_is_reproducible(tmp_path: Path) -> None:
    one = write_zip(tmp_path / "one.zip", {"a": "x", "bin/b": b"y"})
    two = write_zip(tmp_path / "two.zip", {"a": "x", "bin/b": b"y"})
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        assert archive.read("bin/b") == b"y"


def test_tar_is_reproducible_and_may_hold_links(tmp_path: Path) -> None:
    one = write_tar(tmp_path / "one.tar.gz", {"a": "x"}, {"out": "/etc/passwd"})
    two = write_tar(tmp_path / "two.tar.gz", {"a": "x"}, {"out": "/etc/passwd"})
    assert one.read_bytes() == two.read_bytes()
    with tarfile.open(one) as archive:
        assert archive.getmember("out").linkname == "/etc/passwd"


def test_trees_have_executable_programs(tmp_path: Path) -> None:
    write_tree(tmp_path, {"bin/tool": "x", "share/script": "#!/bin/sh\n", "share/data": "x"})
    modes = {name: (tmp_path / name).stat().st_mode & 0o777 for name in ("bin/tool", "share/script", "share/data")}
    assert modes == {"bin/tool": 0o755, "share/script": 0o755, "share/data": 0o644}


@given(st.binary())
def test_everything_in_bin_is_a_program(content: bytes) -> None:
    assert mode_of("bin/x", content) == 0o755
