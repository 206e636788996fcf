from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from interlock_hooks.testing.channel import Channel

MANIFEST = '[workspace]\nname = "shop"\nchannels = ["nowhere"]\nplatforms = ["linux-64"]\n[dependencies]\ntool = "*"\n'


def begun(prefix: Path) -> Path:
    """A prefix as conda leaves it to the installer."""
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta" / "history").write_text("# cmd: conda env create\n")
    (prefix / "conda-meta" / "created_at").write_text("1")
    return prefix


def failure(prefix: Path, manifest: Path, *files: str) -> Any:
    from conda import CondaError

    from interlock.hosts.conda.installer import install, offer

    ((_, specs),) = offer(manifest, "default").items()
    with pytest.raises(CondaError) as caught:
        install(str(prefix), specs, Namespace(file=list(files)), None)
    return caught.value


def test_a_prefix_that_nothing_came_into_is_gone(context: Any, tmp_path: Path) -> None:
    manifest = tmp_path / "pixi.toml"
    manifest.write_text(MANIFEST.replace('"nowhere"', json.dumps((tmp_path / "nowhere").as_uri())))
    error = failure(begun(tmp_path / "envs" / "shop"), manifest, "pixi.toml")
    assert error.return_code == 1
    assert [*(tmp_path / "envs").iterdir()] == []


def test_a_prefix_that_was_half_made_is_gone(context: Any, tmp_path: Path) -> None:
    """Otherwise conda would show it as an environment."""
    channel = Channel(tmp_path / "channel")
    for name in ("good", "tool"):
        channel.add(name, "1.0")
    manifest = tmp_path / "pixi.toml"
    manifest.write_text(MANIFEST.replace('"nowhere"', json.dumps(channel.url)) + 'good = "*"\n')
    next(tmp_path.rglob("tool-1.0*.conda")).write_bytes(b"damaged")
    error = failure(begun(tmp_path / "envs" / "shop"), manifest, "pixi.toml")
    assert [finding["code"] for finding in error.findings] == ["IL501"]
    assert [each.name for each in (tmp_path / "envs").iterdir() if each.is_dir()] == []


def test_what_conda_has_installed_is_neither_removed_nor_joined(context: Any, tmp_path: Path) -> None:
    manifest = tmp_path / "pixi.toml"
    manifest.write_text(MANIFEST)
    prefix = begun(tmp_path / "shop")
    record = {"name": "tool", "version": "1.0", "build": "0", "build_number": 0, "subdir": "linux-64", "files": []}
    record |= {"fn": "tool-1.0-0.conda", "url": "https://example.com/linux-64/tool-1.0-0.conda", "depends": []}
    (prefix / "conda-meta" / "tool-1.0-0.json").write_text(json.dumps(record))
    error = failure(prefix, manifest, "pixi.toml")
    assert [finding["code"] for finding in error.findings] == ["IL680"]
    assert (prefix / "conda-meta" / "tool-1.0-0.json").exists()


def test_two_files_are_not_installed_over_each_other(context: Any, tmp_path: Path) -> None:
    manifest = tmp_path / "pixi.toml"
    manifest.write_text(MANIFEST)
    error = failure(begun(tmp_path / "shop"), manifest, "a/pixi.toml", "b/pixi.toml")
    assert [finding["code"] for finding in error.findings] == ["IL684"]


def test_what_conda_activate_leaves_out_is_told() -> None:
    from interlock.hosts.conda.findings import without_activation

    assert "the variables A, B and the scripts c.sh" in without_activation(["A", "B"], ["c.sh"]).what
