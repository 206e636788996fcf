from __future__ import annotations

from pathlib import Path

from interlock.engines.rattler.candidates import package_names, query
from interlock_hooks.testing.channel import Channel


def test_all_versions_newest_first(channel: Channel) -> None:
    for version in ("1.9", "1.10", "1.2"):
        channel.add("lib", version, depends=["absent"])
    channel.add("any", "1.0", noarch="generic")
    channel.add("other", "1.0")
    found = query([channel.url], "linux-64", ["lib", "any", "missing"])
    assert [str(record.version) for record in found] == ["1.0", "1.10", "1.9", "1.2"]
    assert found[1].depends == ("absent",)
    assert [record.name for record in query([channel.url], "osx-arm64", ["lib", "any"])] == ["any"]


def test_channel_priority(tmp_path: Path) -> None:
    first, second = Channel(tmp_path / "first"), Channel(tmp_path / "second")
    first.add("lib", "1.0")
    second.add("lib", "2.0")
    second.add("only", "3.0")
    channels = [first.url, second.url]
    assert [record.version for record in query(channels, "linux-64", ["lib", "only"])] == ["1.0", "3.0"]
    every = query(channels, "linux-64", ["lib", "only"], channel_priority="disabled")
    assert [record.version for record in every] == ["2.0", "1.0", "3.0"]


def test_a_channel_counts_with_all_its_subdirs(channel: Channel) -> None:
    channel.add("lib", "1.0")
    channel.add("lib", "2.0", noarch="generic")
    assert [record.version for record in query([channel.url], "linux-64", ["lib"])] == ["2.0", "1.0"]


def test_package_names(channel: Channel) -> None:
    channel.add("lib", "1.0")
    channel.add("any", "1.0", noarch="generic")
    assert sorted(package_names([channel.url], "linux-64")) == ["any", "lib"]
