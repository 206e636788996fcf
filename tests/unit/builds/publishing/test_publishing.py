"""What is published can be read back, by uv and pip, and as prebuilt wheels; nothing that is there is replaced."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
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
PAGES = ("index.html", "index.json")


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


class Interrupted(Directory):
    """A directory in which somebody else publishes a wheel just before the page at ``path`` is written, or read."""

    def __init__(self, root: Path, path: str, wheel: Path) -> None:
        super().__init__(root)
        self._path = path
        self._wheel: Path | None = wheel

    def write(self, path: str, data: bytes) -> None:
        self._publish(path)
        super().write(path, data)

    def read(self, path: str, *, most: int | None = None) -> bytes:
        self._publish(path)
        return super().read(path, most=most)

    def _publish(self, path: str) -> None:
        if self._wheel is not None and path == self._path:
            other, self._wheel = self._wheel, None
            add_wheels(Directory(self.root), {other: None})


def on_pages(root: Path) -> dict[str, set[str]]:
    """The wheels on each page, and the projects on those of the root."""
    pages = {f"{folder.name}/{name}" for folder in root.iterdir() if folder.is_dir() for name in PAGES}
    found = {page: {each.filename for each in list_wheels((root / page).as_uri())} for page in pages}
    projects = {each["name"] for each in json.loads((root / "index.json").read_text())["projects"]}
    assert all(f'<a href="{name}/">' in (root / "index.html").read_text() for name in projects)
    return found | {"": projects}


@pytest.mark.parametrize("name", ["ext", "other"])
@pytest.mark.parametrize(
    "path", ["ext/index.json", "ext/index.html", "index.json", "index.html", "ext/ext-1.0-py3-none-any.whl.json"]
)
def test_what_another_publishes_meanwhile_is_not_lost(tmp_path: Path, path: str, name: str) -> None:
    mine, other = write_wheel(tmp_path / "a", "ext", "1.0"), write_wheel(tmp_path / "b", name, "2.0")
    root = tmp_path / "index"
    add_wheels(Interrupted(root, path, other), {mine: None})
    alone = {(name, wheel.name) for name, wheel in (("ext", mine), (name, other))}
    expected = {f"{project}/{page}": {w for p, w in alone if p == project} for project, _ in alone for page in PAGES}
    assert on_pages(root) == expected | {"": {"ext", name}}


def test_several_publish_at_once(tmp_path: Path) -> None:
    wheels = [write_wheel(tmp_path, "ext", f"{number}.0") for number in range(8)]
    root = tmp_path / "index"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda wheel: add_wheels(Directory(root), {wheel: None}), wheels))
    names = {wheel.name for wheel in wheels}
    assert on_pages(root) == {"ext/index.html": names, "ext/index.json": names, "": {"ext"}}


def test_a_wheel_that_was_removed_is_not_listed_again(tmp_path: Path) -> None:
    root = tmp_path / "index"
    first, second = (write_wheel(tmp_path, "ext", version) for version in ("1.0", "2.0"))
    add_wheels(Directory(root), {first: None})
    (root / "ext" / first.name).unlink()
    (root / "ext" / "index.json").unlink()
    add_wheels(Directory(root), {second: None})
    assert on_pages(root)["ext/index.json"] == {second.name}
