from __future__ import annotations

import json
from pathlib import Path

import pytest

from interlock.channel.assemble import assemble
from interlock.channel.packages import WORK, ChannelDirectory, PackageId
from interlock_hooks.types import InterlockError

PACKAGE = PackageId("python_abi", "3.12", "0_cp312", "noarch")


@pytest.fixture
def channel(tmp_path: Path) -> ChannelDirectory:
    return ChannelDirectory(tmp_path / "channel")


def records(channel: ChannelDirectory, subdir: str) -> list[str]:
    return sorted(json.loads((channel.root / subdir / "repodata.json").read_text())["packages.conda"])


def test_a_new_channel_is_indexed_even_when_empty(channel: ChannelDirectory) -> None:
    with channel.opened():
        assert channel.index() is True
        assert channel.index() is False
    assert records(channel, "linux-64") == records(channel, "noarch") == []


def test_the_index_has_what_was_added(channel: ChannelDirectory) -> None:
    with channel.opened():
        channel.index()
        assert not channel.has(PACKAGE)
        assemble(channel, PACKAGE, constrains=["python 3.12.* *_cpython"], summary="s", license_id="BSD-3-Clause")
        assert channel.has(PACKAGE)
        assert channel.index() is True
    record = json.loads((channel.root / "noarch/repodata.json").read_text())["packages.conda"][
        "python_abi-3.12-0_cp312.conda"
    ]
    assert record["constrains"] == ["python 3.12.* *_cpython"]
    assert (record["noarch"], record["subdir"], record["build"]) == ("generic", "noarch", "0_cp312")
    assert (channel.root / PACKAGE.path).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("content", ["", "{", '{"packages": {}}', "\0" * 100])
def test_an_index_that_was_cut_short_is_written_anew(channel: ChannelDirectory, content: str) -> None:
    with channel.opened():
        assemble(channel, PACKAGE)
        channel.index()
        (channel.root / "noarch/repodata.json").write_text(content)
        assert channel.index() is True
    assert records(channel, "noarch") == ["python_abi-3.12-0_cp312.conda"]


def test_a_package_that_was_deleted_leaves_the_index(channel: ChannelDirectory) -> None:
    with channel.opened():
        assemble(channel, PACKAGE)
        channel.index()
        (channel.root / PACKAGE.path).unlink()
        channel.index()
    assert records(channel, "noarch") == []


def test_leftovers_of_an_interrupted_run_are_removed(channel: ChannelDirectory) -> None:
    leftover = channel.root / WORK / "build-abc" / "half.conda"
    leftover.parent.mkdir(parents=True)
    leftover.touch()
    with channel.opened():
        assert not leftover.parent.exists()


def test_a_workspace_is_gone_after_a_failure(channel: ChannelDirectory) -> None:
    with channel.opened():
        with pytest.raises(KeyboardInterrupt), channel.workspace():
            raise KeyboardInterrupt
        assert list((channel.root / WORK).glob("build-*")) == []


def test_a_file_in_the_way_is_reported(tmp_path: Path) -> None:
    (tmp_path / "channel").write_text("not a directory")
    with pytest.raises(InterlockError) as caught, ChannelDirectory(tmp_path / "channel").opened():
        pass
    assert caught.value.findings[0].code == "IL702"
    assert str(tmp_path / "channel") in caught.value.findings[0].what


def test_a_full_disk_is_reported(channel: ChannelDirectory) -> None:
    with pytest.raises(InterlockError) as caught, channel.opened():
        raise OSError(28, "No space left on device")
    assert caught.value.findings[0].code == "IL702"
    assert "No space left" in caught.value.findings[0].why


def test_the_lock_is_released_after_a_failure(channel: ChannelDirectory) -> None:
    with pytest.raises(InterlockError), channel.opened():
        raise OSError
    with channel.opened():
        pass
