from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

import pytest

from interlock.engines.python.wheels import destination, wheel_metadata, wheel_record

INFO = "app-1.0.dist-info"


def pack(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_metadata_and_record(tmp_path: Path) -> None:
    vendored = {"app/_vendor/lib-2.dist-info/METADATA": "Name: lib\n", "app/_vendor/lib-2.dist-info/RECORD": "x,,\n"}
    own = {
        f"{INFO}/METADATA": "Name: app\nRequires-Dist: b\n",
        f"{INFO}/RECORD": f"app.py,sha256=ab,1\n{INFO}/RECORD,,\n",
    }
    wheel = pack(tmp_path / "app.whl", {**vendored, **own})
    assert wheel_metadata(wheel)["name"] == "app"
    assert wheel_metadata(wheel)["requires_dist"] == ["b"]
    assert wheel_record(wheel) == {"app.py": "sha256=ab", f"{INFO}/RECORD": None}


def test_a_wheel_that_lacks_them(tmp_path: Path) -> None:
    wheel = pack(tmp_path / "app.whl", {"app.py": ""})
    assert wheel_record(wheel) == {}
    with pytest.raises(ValueError, match="0 METADATA"):
        wheel_metadata(wheel)
    (tmp_path / "no.whl").write_text("no archive")
    for read in (wheel_record, wheel_metadata):
        with pytest.raises(zipfile.BadZipFile):
            read(tmp_path / "no.whl")


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ("app/a.py", ("site", "app/a.py")),
        ("app-1.data/purelib/app/b.py", ("site", "app/b.py")),
        ("app-1.data/platlib/app/c.so", ("site", "app/c.so")),
        ("app-1.data/data/share/app/d", ("prefix", "share/app/d")),
        ("app-1.data/scripts/app", None),
        ("app-1.data/headers/app.h", None),
        ("app-1.data/data", None),
        ("../outside", None),
        ("app-1.data/data/../../outside", None),
        ("/etc/passwd", None),
        ("", None),
    ],
)
def test_where_files_go(member: str, expected: tuple[str, str] | None) -> None:
    found = destination(member)
    assert (found and (found[0], str(found[1]))) == expected
    assert found is None or isinstance(found[1], PurePosixPath)
