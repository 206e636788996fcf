"""Conda packages of wheels: what they require, the files that they hold, and channels that are added to."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.version import Version

from interlock.builds.prebuilt.target import Target
from interlock.builds.publishing.conda_channel import add_packages, listed
from interlock.builds.publishing.conda_files import files_of, packed
from interlock.builds.publishing.conda_package import CondaPackage, NoCondaNameError, package_of
from interlock.builds.rewriting import rewrite
from interlock.builds.store.storage import Directory
from interlock.core.cuda_versions import CudaVersion
from interlock_hooks.testing.wheels import package_of as pypi_package
from interlock_hooks.testing.wheels import write_wheel
from interlock_hooks.types import PythonTarget

PYTHON = PythonTarget(version="3.13.1", platform="linux-aarch64")
TARGET = Target(PYTHON, Version("2.9.1+cu128"), "cuda", CudaVersion(12, 8))
CONDA_NAMES = {"torch": "pytorch", "numpy": "numpy", "msgpack": "msgpack-python"}


def described(wheel: Path, target: Target = TARGET, label: str = "", linked: tuple[str, ...] = ()) -> CondaPackage:
    return package_of(wheel, target=target, label=label, linked=linked, name_of=CONDA_NAMES.get)


def test_a_package_says_what_it_was_built_against(tmp_path: Path) -> None:
    requires = ["torch", "numpy>=2,<3", "msgpack~=1.1", "win; sys_platform == 'win32'", "more; extra == 'all'"]
    wheel = write_wheel(tmp_path, "My.Ext", "1.0.post1", requires=requires)
    made = described(wheel, label="cu128.torch2.9", linked=("hdf5 1.14.3.*",))
    assert made.depends == (
        "python >=3.13,<3.14.0a0",
        "python_abi 3.13.* *_cp313",
        "hdf5 1.14.3.*",
        "pytorch",
        "numpy <3.0.0a0,>=2",
        "msgpack-python >=1.1,1.*",
    )
    assert made.constrains == ("pytorch 2.9.*", "cuda-version >=12.8,<13")
    assert made.filename.startswith("my-ext-1.0.post1-py313_cu128_torch2_9_h")
    assert made.subdir == "linux-aarch64"
    # Another build of the same has another name.
    assert described(wheel, label="cu128.torch2.9", linked=("hdf5 1.14.4.*",)).filename != made.filename
    without = described(wheel, Target(replace(PYTHON, free_threaded=True)))
    assert without.constrains == ()
    assert without.depends[1] == "python_abi 3.13.* *_cp313t"
    assert without.build.startswith("py313t_h")


def test_the_version_is_in_normal_form(tmp_path: Path) -> None:
    metadata, wheel = tmp_path / "METADATA", tmp_path / "ext-1.0b1-py3-none-any.whl"
    metadata.write_text("Metadata-Version: 2.1\nName: ext\nVersion: 1.0-beta-1\n")
    rewrite(write_wheel(tmp_path, "ext", "1.0"), wheel, {"ext-1.0.dist-info/METADATA": metadata})
    assert described(wheel).filename.startswith("ext-1.0b1-py313_h")


def test_what_conda_cannot_require_is_told_at_once(tmp_path: Path) -> None:
    requires = ["numpy", "unknown>1", "torch[opt]", "lib @ https://host.example/lib.whl", "gone; python_version < '3'"]
    with pytest.raises(NoCondaNameError) as error:
        described(write_wheel(tmp_path, "ext", "1.0", requires=requires))
    assert [line.split(":")[0] for line in error.value.args] == ["unknown>1", "torch[opt]", "lib @ https"]


def test_the_files_work_in_any_prefix(tmp_path: Path) -> None:
    modules = {"ext/__init__.py": "def main():\n    print('here')\n", "ext-1.0.data/data/share/ext.txt": "x\n"}
    wheel = write_wheel(tmp_path, "ext", "1.0", modules=modules, scripts={"ext": "ext:main"})
    tree = files_of(wheel, pypi_package(wheel), Path(sys.executable), tmp_path / "work")
    site = next(tree.glob("lib/python3*/site-packages"))
    info = site / "ext-1.0.dist-info"
    assert {path.name for path in info.iterdir()} == {"METADATA", "WHEEL", "RECORD", "INSTALLER", "entry_points.txt"}
    assert (info / "INSTALLER").read_text() == "conda\n"
    assert (tree / "share" / "ext.txt").is_file()
    recorded = [line.split(",")[0] for line in (info / "RECORD").read_text().splitlines()]
    assert all((site / file).is_file() for file in recorded)
    assert "../../../bin/ext" in recorded
    # Where it is used, it lies beside that prefix's Python.
    (tree / "bin" / "python").symlink_to(sys.executable)
    moved = shutil.move(tree, tmp_path / "prefix")
    done = subprocess.run(
        [Path(moved, "bin", "ext")], env={"PYTHONPATH": str(Path(moved) / site.relative_to(tree))}, capture_output=True
    )
    assert done.stdout == b"here\n", done.stderr


def test_a_channel_is_added_to_and_nothing_in_it_is_replaced(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, "ext", "1.0")
    package = replace(described(wheel), subdir="linux-64")
    folder = tmp_path / "made"
    folder.mkdir()
    storage = Directory(tmp_path / "channel")

    def add(each: CondaPackage) -> None:
        archive = packed(each, wheel, pypi_package(wheel), Path(sys.executable), folder)
        add_packages(storage, "linux-64", [archive], folder)
        shutil.rmtree(folder / "channel")

    add(package)
    first = storage.root / "linux-64" / package.filename
    content = first.read_bytes()
    (storage.root / "linux-64" / "repodata.json.zst").write_bytes(b"old")
    other = replace(package, build="py313_hother_0")
    add(other)
    assert sorted(listed(storage, "linux-64")) == sorted([package.filename, other.filename])
    assert not (storage.root / "linux-64" / "repodata.json.zst").exists()
    assert json.loads((storage.root / "noarch" / "repodata.json").read_text())["packages.conda"] == {}
    # The record was lost, the file was not; packed again it is another one.
    (storage.root / "linux-64" / "repodata.json").unlink()
    add(package)
    assert first.read_bytes() == content
    assert list(listed(storage, "linux-64")) == [package.filename]


def test_what_is_no_channel_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "linux-64").mkdir()
    (tmp_path / "linux-64" / "repodata.json").write_text("[]")
    with pytest.raises(ValueError, match="not the index"):
        listed(Directory(tmp_path), "linux-64")
    (tmp_path / "linux-64" / "repodata.json").rename(tmp_path / "linux-64" / "repodata.json.zst")
    with pytest.raises(ValueError, match="but no repodata"):
        listed(Directory(tmp_path), "linux-64")
