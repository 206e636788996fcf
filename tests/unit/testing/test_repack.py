"""Installed distributions as wheels."""

from __future__ import annotations

import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from interlock_hooks.testing.repack import repack_installed


def test_a_repacked_wheel_is_complete(tmp_path: Path) -> None:
    wheel = repack_installed("wheel", tmp_path)
    info = f"wheel-{version('wheel')}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        record = archive.read(f"{info}/RECORD").decode()
    assert {"wheel/__init__.py", f"{info}/METADATA", f"{info}/WHEEL", f"{info}/entry_points.txt"} <= set(names)
    assert {line.split(",")[0] for line in record.splitlines()} == set(names)
    assert f"{info}/INSTALLER" not in names
    assert not any(".." in name for name in names)


def test_what_is_not_installed_cannot_be_repacked(tmp_path: Path) -> None:
    with pytest.raises(PackageNotFoundError):
        repack_installed("surely-not-installed", tmp_path)
