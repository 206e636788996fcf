"""The kit's conda channels, as rattler sees them."""

from __future__ import annotations

import json
from pathlib import Path

from interlock_hooks.testing.channel import PLATFORM, Channel
from kit.toolkit import add_toolkit


def repodata(channel: Channel, subdir: str = PLATFORM) -> dict[str, dict[str, object]]:
    channel.index()
    document = json.loads((channel.folder / subdir / "repodata.json").read_text())
    return {record["name"] + " " + record["version"]: record for record in document["packages.conda"].values()}


def test_packages_are_indexed_with_their_dependencies(tmp_path: Path) -> None:
    channel = Channel(tmp_path)
    channel.add("one", "1.0", depends=["two >=1"], constrains=["three <2"])
    record = repodata(channel)["one 1.0"]
    assert record["depends"] == ["two >=1"]
    assert record["constrains"] == ["three <2"]


def test_packages_added_after_indexing_appear(tmp_path: Path) -> None:
    channel = Channel(tmp_path)
    channel.add("one", "1.0")
    assert list(repodata(channel)) == ["one 1.0"]
    channel.add("one", "2.0")
    assert sorted(repodata(channel)) == ["one 1.0", "one 2.0"]


def test_noarch_packages_go_to_noarch(tmp_path: Path) -> None:
    channel = Channel(tmp_path)
    channel.add("data", "1.0", noarch="generic")
    assert repodata(channel, "noarch")["data 1.0"]["noarch"] == "generic"


def test_other_content_gives_another_build_string(tmp_path: Path) -> None:
    one = Channel(tmp_path / "a").add("tool", "1.0", files={"bin/tool": "#!/bin/sh\n"})
    two = Channel(tmp_path / "b").add("tool", "1.0", files={"bin/tool": "#!/bin/sh\necho\n"})
    same = Channel(tmp_path / "c").add("tool", "1.0", files={"bin/tool": "#!/bin/sh\n"})
    assert one.name == same.name != two.name


def test_channels_share_a_store(tmp_path: Path) -> None:
    store = tmp_path / "store"
    one = Channel(tmp_path / "a", store).add("tool", "1.0")
    two = Channel(tmp_path / "b", store).add("tool", "1.0")
    assert one.stat().st_ino == two.stat().st_ino


def test_a_whole_channel_is_offered_with_its_index(tmp_path: Path) -> None:
    other = Channel(tmp_path / "other")
    other.add("tool", "1.0")
    other.index()
    channel = Channel(tmp_path / "channel")
    channel.add("one", "1.0")
    channel.index()
    channel.offer_channel(other.folder)
    channel.add("two", "1.0")
    assert sorted(repodata(channel)) == ["one 1.0", "tool 1.0", "two 1.0"]
    assert repodata(channel)["tool 1.0"] == repodata(other)["tool 1.0"]


def test_a_distribution_declares_its_pypi_name(tmp_path: Path) -> None:
    channel = Channel(tmp_path)
    channel.add_distribution("PyYAML", "6.0", python="3.12", conda_name="pyyaml")
    record = repodata(channel)["pyyaml 6.0"]
    assert record["purls"] == ["pkg:pypi/PyYAML"]
    assert record["depends"] == ["python 3.12.*"]


def test_the_toolkit_is_complete(tmp_path: Path) -> None:
    channel = Channel(tmp_path)
    add_toolkit(channel, "12.4.1")
    assert set(repodata(channel)) == {"cuda-nvcc 12.4.1", "cuda-cudart-dev 12.4.1"}
    bundles = {"cuda-toolkit 12.4.1", "cuda-libraries-dev 12.4.1"}
    assert set(repodata(channel, "noarch")) == {*bundles, "cuda-version 12.4"}
