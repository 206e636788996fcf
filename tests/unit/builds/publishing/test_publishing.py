"""What is published can be read back, by uv and pip, and as prebuilt wheels; nothing that is there is replaced."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.builds.prebuilt.claims import read_claims
from interlock.builds.prebuilt.listing import list_wheels
from interlock.builds.prebuilt.target import Target
from interlock.builds.publishing.index import add_wheels
from interlock.builds.publishing.labels import label_of
from interlock.builds.publishing.relabeling import relabeled
from interlock.builds.store.storage import Directory
from interlock.core.cuda_versions import CudaVersion
from interlock.engines.python.wheels import wheel_metadata, wheel_record
from interlock_hooks.testing.files import sha256_of
from interlock_hooks.testing.wheels import write_wheel
from interlock_hooks.types import PythonTarget

PYTHON = PythonTarget(version="3.11.9", platform="linux-64")
TORCH = canonicalize_name("torch")


@pytest.mark.parametrize(
    ("target", "label"),
    [
        (Target(PYTHON, Version("2.9.1+cu128"), "cuda", CudaVersion(12, 8)), "cu128.torch2.9"),
        (Target(PYTHON, Version("2.10.0"), "cuda", CudaVersion(13)), "cu13.torch2.10"),
        (Target(PYTHON, Version("2.13.0+cpu"), "cpu"), "cpu.torch2.13"),
        (Target(PYTHON, Version("2.7.0")), "torch2.7"),
        (Target(PYTHON), ""),
    ],
)
def test_a_label_is_what_prebuilt_reads(target: Target, label: str) -> None:
    assert label_of([TORCH], target) == label
    claims = read_claims(label)
    assert (claims.cuda, bool(claims.torch)) == (target.cuda, target.torch is not None)
    assert not claims.torch or str(target.torch).startswith(claims.torch[0])


def test_what_did_not_import_torch_fits_any() -> None:
    assert label_of([canonicalize_name("numpy")], Target(PYTHON, Version("2.9"), "cpu")) == ""


def test_a_relabeled_wheel_is_whole(tmp_path: Path) -> None:
    modules = {"ext/__init__.py": "x = 1\n", "ext-1.0.data/scripts/tool": "#!python\n"}
    wheel = write_wheel(tmp_path, "ext", "1.0", requires=["torch"], modules=modules)
    (tmp_path / "out").mkdir()
    made = relabeled(wheel, "cpu.torch2.9", tmp_path / "out")
    assert made.name == "ext-1.0+cpu.torch2.9-py3-none-any.whl"
    assert wheel_metadata(made)["version"] == "1.0+cpu.torch2.9"
    with zipfile.ZipFile(made) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == set(wheel_record(made))
        assert "ext-1.0+cpu.torch2.9.data/scripts/tool" in archive.namelist()
        assert archive.read("ext/__init__.py") == b"x = 1\n"
    # An installer that checks every hash.
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*pip, str(made)], check=True, capture_output=True)
    assert (target / "ext" / "__init__.py").is_file()
    assert relabeled(made, "", tmp_path).name == made.name


def test_an_index_lists_what_was_added_and_replaces_nothing(tmp_path: Path) -> None:
    storage = Directory(tmp_path / "index")
    first = write_wheel(tmp_path / "a", "Some.Ext", "1.0+cpu.torch2.9")
    again = write_wheel(tmp_path / "b", "Some.Ext", "1.0+cpu.torch2.9", requires=["torch"])
    second = write_wheel(tmp_path / "b", "some-ext", "1.1")
    digest = sha256_of(first)
    assert [each.kept for each in add_wheels(storage, {first: None})] == [None]
    assert [each.kept for each in add_wheels(storage, {again: None, second: None})] == [digest, None]
    folder = tmp_path / "index" / "some-ext"
    assert sha256_of(folder / first.name) == digest
    for page in ("index.html", "index.json"):
        listed = list_wheels((folder / page).as_uri())
        assert [(each.filename, each.sha256) for each in listed] == [
            (first.name, digest),
            (second.name, sha256_of(second)),
        ]
    assert (folder / f"{first.name}.metadata").read_text().startswith("Metadata-Version")
    root = json.loads((tmp_path / "index" / "index.json").read_text())
    assert root["projects"] == [{"name": "some-ext"}]
    assert json.loads((folder / "index.json").read_text())["versions"] == ["1.0+cpu.torch2.9", "1.1"]


def test_an_index_whose_page_is_damaged_gets_a_new_one(tmp_path: Path) -> None:
    storage = Directory(tmp_path)
    wheel = write_wheel(tmp_path / "a", "ext", "1.0")
    (tmp_path / "ext").mkdir()
    (tmp_path / "ext" / "index.json").write_text("{")
    assert [each.kept for each in add_wheels(storage, {wheel: None})] == [None]
    assert len(list_wheels((tmp_path / "ext" / "index.json").as_uri())) == 1
