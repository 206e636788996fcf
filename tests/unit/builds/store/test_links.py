from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from interlock.builds.store.links import linked_records, refers_to


def wheel(folder: Path, content: bytes) -> Path:
    path = folder / "x.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pkg/_c.cpython-311.so", content)
    return path


def test_run_paths_into_the_prefix_are_found(tmp_path):
    prefix = tmp_path / "env"
    path = str(prefix / "lib").encode()
    assert refers_to(wheel(tmp_path, b"junk" + path + b"\0"), prefix)
    assert refers_to(wheel(tmp_path, b"$ORIGIN:" + path + b":/usr/lib\0"), prefix)
    assert refers_to(wheel(tmp_path, b"x" * ((1 << 22) - 5) + path + b"\0"), prefix)
    assert not refers_to(wheel(tmp_path, path + b"/python3.11/site-packages/torch/include\0"), prefix)


def test_a_damaged_wheel_refers_to_nothing(tmp_path):
    (tmp_path / "x.whl").write_bytes(b"no archive")
    assert not refers_to(tmp_path / "x.whl", tmp_path)
    assert linked_records(tmp_path / "x.whl", tmp_path) == ()


RECORDS = {
    "hdf5": ["lib/libhdf5.so", "lib/libhdf5.so.310"],
    "libfoo": ["lib/libfoo.1.dylib", "share/doc/libbar.so"],
    "libgcc": ["lib/libgcc_s.so.1"],
    "python": ["lib/libpython3.11.so.1.0"],
}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (b"\0libc.so.6\0libhdf5.so.310\0libgcc_s.so.1\0libpython3.11.so.1.0\0", ("hdf5",)),
        (b"@rpath/libfoo.1.dylib\0", ("libfoo",)),
        (b"\0libbar.so\0see libhdf5.so.310 for more\0libhdf5.so.9\0", ()),
        (b"x" * ((1 << 22) - 5) + b"\0libhdf5.so\0", ("hdf5",)),
    ],
)
def test_conda_packages_with_a_library_that_a_wheel_is_linked_with(tmp_path, names, expected):
    (tmp_path / "conda-meta").mkdir()
    for name, files in RECORDS.items():
        record = {"name": name, "version": "1", "build": "0", "build_number": 0, "subdir": "linux-64", "files": files}
        record |= {"url": f"https://c.invalid/linux-64/{name}-1-0.conda", "fn": f"{name}-1-0.conda", "channel": "c"}
        (tmp_path / "conda-meta" / f"{name}-1-0.json").write_text(json.dumps(record))
    assert linked_records(wheel(tmp_path, names), tmp_path) == expected
