"""Archives with bytes that are not what they were: always the archive's own exception, never another one."""

from __future__ import annotations

import io
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from interlock.core.archives import open_tar, open_zip


@pytest.fixture
def wheel() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: a\nVersion: 1\n" * 20)
        archive.writestr("a/\u00fc.py", "x = 1\n" * 100)
    return made.getvalue()


def test_damaged_zip_archives(wheel: bytes, tmp_path: Path) -> None:
    path, chance = tmp_path / "a.whl", random.Random(1)
    refused = 0
    for _ in range(1500):
        content = bytearray(wheel)
        for _ in range(chance.choice((1, 2, 4))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
        try:
            with open_zip(path) as archive:
                for name in archive.namelist():
                    archive.read(name)
        except zipfile.BadZipFile:
            refused += 1
        except OSError:
            pass
    assert refused > 500


def test_a_member_that_lies_before_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.py", "x = 1\n")
    content = bytearray(path.read_bytes())
    # Where the directory of the archive begins: beyond it, so that everything else lies that much earlier.
    content[-5] = 1
    path.write_bytes(content)
    with pytest.raises(zipfile.BadZipFile), open_zip(path) as archive:
        archive.read("a.py")


@pytest.mark.parametrize("packing", ["gz", "xz", "bz2"])
def test_damaged_tar_archives(tmp_path: Path, packing: str) -> None:
    path, chance = tmp_path / "a.tar", random.Random(1)
    with tarfile.open(path, f"w:{packing}") as tar:
        for name in ("p-1/setup.py", "p-1/PKG-INFO"):
            member = tarfile.TarInfo(name)
            member.size = 3000
            tar.addfile(member, io.BytesIO(bytes(chance.randrange(256) for _ in range(3000))))
    whole, refused = path.read_bytes(), 0
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(chance.choice((1, 2, 4))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content[: chance.randrange(len(content))] if chance.random() < 0.3 else content)
        try:
            with open_tar(path) as archive:
                for member in archive:
                    if (inside := archive.extractfile(member)) is not None:
                        inside.read()
        except (tarfile.TarError, OSError):
            refused += 1
    assert refused > 20


def test_a_hard_link_to_a_file_that_is_not_in_the_archive(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        link = tarfile.TarInfo("p-1/setup.py")
        link.type, link.linkname = tarfile.LNKTYPE, "p-1/missing"
        tar.addfile(link)
    with pytest.raises(tarfile.TarError, match="missing"), open_tar(tmp_path / "a.tar") as archive:
        archive.extractall(tmp_path / "target", filter="data")


def test_an_error_of_the_reader_itself_passes(wheel: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_bytes(wheel)
    with pytest.raises(LookupError), open_zip(tmp_path / "a.whl"):
        raise LookupError
