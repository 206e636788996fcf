"""``pixi.lock``, read back by rattler."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rattler.lock import LockFile

from interlock.export.pixi_lock import export
from interlock_hooks.types import InterlockError
from kit.exported import editable, from_git, mixed, subject
from kit.locked import CHANNEL, INDEX, locked, record


def _read(text: str, folder: Path) -> LockFile:
    path = folder / "pixi.lock"
    path.write_text(text, encoding="utf-8")
    return LockFile.from_path(path)


def test_rattler_reads_every_field(tmp_path: Path) -> None:
    exported = export([subject(mixed(from_git("lib"), editable("own", "libs/own")))])
    environment = _read(exported.text, tmp_path).environment("default")
    assert environment is not None
    (platform,) = environment.platforms()
    assert [str(channel) for channel in environment.channels()]
    numpy, python = environment.conda_repodata_records_for_platform(platform) or ()
    assert (python.name.normalized, str(python.version), str(python.build)) == ("python", "3.12.7", "h1_0")
    assert (python.sha256, python.md5, python.license, python.size) == (
        bytes.fromhex("b" * 64),
        bytes.fromhex("a" * 32),
        "Python-2.0",
        10,
    )
    assert (numpy.depends, numpy.url, numpy.channel) == (
        ["python"],
        f"{CHANNEL}/linux-64/numpy-2.1-py312_0.conda",
        f"{CHANNEL}/",
    )
    found = {package.name: package for package in environment.pypi_packages_for_platform(platform) or ()}
    assert {name: package.location for name, package in found.items()} == {
        "flash-attn": f"{INDEX}/flash_attn-2.8.tar.gz",
        "torch": f"{INDEX}/torch-2.6-py3-none-any.whl",
        "lib": f"git+https://git.example/lib.git?rev={'c' * 40}&subdirectory=py#{'c' * 40}",
        "own": "./libs/own",
    }
    torch = found["torch"]
    assert torch.hashes is not None
    assert (torch.version, torch.hashes.sha256, torch.requires_dist) == ("2.6", bytes(32), ["numpy>=1"])
    (finding,) = exported.findings
    assert (finding.code, "uv" in finding.fix) == ("IL641", False)


def test_rattler_reads_the_packages_of_a_local_channel(tmp_path: Path) -> None:
    here = replace(record("zlib 1.3 h0_0"), url=(tmp_path / "channel/linux-64/zlib-1.3-h0_0.conda").as_uri())
    environment = _read(export([subject(locked(here))]).text, tmp_path).environment("default")
    assert environment is not None
    (zlib,) = environment.conda_repodata_records_for_platform(environment.platforms()[0]) or ()
    found = (zlib.name.normalized, str(zlib.version), str(zlib.build), zlib.subdir)
    assert found == ("zlib", "1.3", "h0_0", "linux-64")


def test_environments_and_platforms_share_one_file(tmp_path: Path) -> None:
    one = locked(record("zlib 1.3"))
    arm = replace(record("zlib 1.3"), subdir="linux-aarch64", url=f"{CHANNEL}/linux-aarch64/zlib-1.3-0.conda")
    two = locked(arm)
    two = replace(two, platform="linux-aarch64", conda=replace(two.conda, platform="linux-aarch64"))
    test = replace(one, name="test")
    lock = _read(export([subject(test), subject(one), subject(two)]).text, tmp_path)
    names = {name: sorted(str(each.subdir) for each in found.platforms()) for name, found in lock.environments()}
    assert names == {"default": ["linux-64", "linux-aarch64"], "test": ["linux-64"]}


def test_two_platforms_of_one_subdir_are_refused() -> None:
    one = locked(record("zlib 1.3"))
    subjects = [subject(replace(one, platform=name)) for name in ("cpu", "gpu")]
    with pytest.raises(InterlockError) as caught:
        export(subjects)
    (finding,) = caught.value.findings
    assert (finding.code, finding.what) == (
        "IL645",
        "pixi.lock cannot hold the platforms cpu and gpu of one environment",
    )
