from __future__ import annotations

from pathlib import Path

import pytest

from interlock.audit import search
from interlock.audit.search import expanded, libraries_below, system_directories
from interlock_hooks.testing.files import write_tree


@pytest.mark.parametrize(
    ("entry", "folder"),
    [
        ("$ORIGIN", "/site/ext"),
        ("${ORIGIN}/../ext.libs", "/site/ext.libs"),
        ("/opt/lib", "/opt/lib"),
        ("$LIB/x", None),
        ("/usr/$PLATFORM", None),
        ("relative", None),
    ],
)
def test_entries_of_rpath(entry: str, folder: str | None) -> None:
    assert expanded(entry, Path("/site/ext")) == (Path(folder) if folder else None)


def test_libraries_of_packages_are_found_and_other_prefixes_are_not(tmp_path: Path) -> None:
    site = write_tree(
        tmp_path,
        {
            "torch/lib/libc10.so": "",
            "top.so": "",
            "torch/lib/libgomp.so.1": "",
            "torch/notes.so.txt": "",
            "torch/lib/readme.md": "",
            ".git/x.so": "",
            "env/pyvenv.cfg": "",
            "env/lib/z.so": "",
        },
    )
    found = libraries_below(site)
    assert found.keys() == {"libc10.so", "top.so", "libgomp.so.1", "notes.so.txt"}
    assert found["libc10.so"] == (site / "torch/lib/libc10.so",)
    assert libraries_below(tmp_path / "absent") == {}


def test_the_configuration_of_the_system_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(
        tmp_path,
        {
            "ld.so.conf": "# comment\ninclude conf.d/*.conf\n/opt/first # here\nrelative\n",
            "conf.d/a.conf": "/opt/a\ninclude more.conf\n",
            "conf.d/more.conf": "/opt/more\n",
        },
    )
    monkeypatch.setattr(search, "_CONFIGURATION", tmp_path / "ld.so.conf")
    found = [str(path) for path in system_directories("x86_64-linux-gnu")]
    assert found[:3] == ["/opt/a", "/opt/more", "/opt/first"]
    assert {"/lib/x86_64-linux-gnu", "/usr/lib", "/lib64"} <= set(found)
