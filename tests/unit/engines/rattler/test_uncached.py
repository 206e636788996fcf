"""conda's caches with the network switched off, against servers that are gone."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rattler import Channel as RattlerChannel
from rattler import Subdir
from rattler.index import index_fs

from interlock.core.codes import NOT_CACHED
from interlock.engines.rattler.absent import absent, remember_absent
from interlock.engines.rattler.candidates import package_names, query
from interlock.engines.rattler.installer import install
from interlock.engines.rattler.package_paths import package_paths
from interlock.engines.rattler.package_texts import PackageUnreadableError, package_texts
from interlock.engines.rattler.solver import solve
from interlock.engines.rattler.uncached import not_indexed, not_unpacked
from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.loopback import QuietHandler, serving
from interlock_hooks.types import InterlockError
from unit.engines.rattler.conftest import MakeRequest


class Handler(QuietHandler, SimpleHTTPRequestHandler):
    """Serves files."""


def lacks(refused: pytest.ExceptionInfo[InterlockError]) -> list[str]:
    (finding,) = refused.value.findings
    assert finding.code == NOT_CACHED
    return [each.name for each in finding.missing]


@pytest.mark.parametrize("sharded", [True, False])
def test_what_is_cached_does_and_all_else_is_named(
    channel: Channel, ask: MakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sharded: bool
) -> None:
    channel.add("tool", "1.0", depends=["lib >=1"], files={"share/tool": "1"})
    channel.add("lib", "1.0", files={"share/lib": "1"})
    channel.add("more", "1.0", depends=["even >=1", "lib"])
    channel.add("even", "1.0")
    asyncio.run(index_fs(channel.folder, write_zst=False, write_shards=sharded))
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    with serving(partial(Handler, directory=str(channel.folder))) as url:
        request = replace(ask("tool"), channels=(url,))
        assert [each.name for each in not_indexed([url], "linux-64")] == [f"{url}/linux-64/", f"{url}/noarch/"]
        assert not_indexed([channel.url], "linux-64") == []
        with pytest.raises(InterlockError) as refused:
            solve(request)
        assert lacks(refused)[0].startswith(url)
        monkeypatch.delenv("INTERLOCK_OFFLINE")
        records = solve(request).records
        install(tmp_path / "first", [record for record in records if record.name == "lib"])
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    assert not_indexed([url], "linux-64") == []
    assert solve(request).records == records
    assert [(each.name, each.version, each.build) for each in not_unpacked(records)] == [
        (record.name, record.version, record.build) for record in records if record.name == "tool"
    ]
    with pytest.raises(InterlockError) as refused:
        install(tmp_path / "second", records)
    assert len(lacks(refused)) == 1
    (lib,) = (record for record in records if record.name == "lib")
    assert not_unpacked([replace(lib, sha256="0" * 64)])
    install(tmp_path / "third", [lib])
    assert package_paths([lib]) == [("share/lib",)]
    assert package_texts(lib, list) == {"share/lib": "1"}
    with pytest.raises(InterlockError) as refused:
        package_paths(records)
    assert lacks(refused) == ["tool"]
    with pytest.raises(PackageUnreadableError):
        package_texts(next(record for record in records if record.name == "tool"), list)
    if sharded:
        # With one index for each package only those are cached that were looked at.
        with pytest.raises(InterlockError) as refused:
            solve(replace(ask("more", "even", "tool"), channels=(url,)))
        assert lacks(refused) == ["even", "more"]
        with pytest.raises(InterlockError) as refused:
            query([url], "linux-64", ["lib", "more", "even"])
        assert lacks(refused) == ["even", "more"]


@pytest.mark.parametrize("sharded", [True, False])
def test_a_channel_without_packages_for_the_platform(
    channel: Channel, ask: MakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sharded: bool
) -> None:
    channel.add("tool", "1.0", noarch="generic", depends=["lib"])
    channel.add("more", "1.0", noarch="generic")
    whole = Channel(tmp_path / "whole")
    whole.add("lib", "1.0")
    for each in (channel, whole):
        asyncio.run(index_fs(each.folder, write_zst=False, write_shards=sharded))
    shutil.rmtree(channel.folder / "linux-64", ignore_errors=True)
    with (
        serving(partial(Handler, directory=str(channel.folder))) as plain,
        serving(partial(Handler, directory=str(whole.folder))) as other,
    ):
        request = replace(ask("tool"), channels=(plain, other))
        records = solve(request).records
    assert [record.name for record in records] == ["lib", "tool"]
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    assert not_indexed([plain, other], "linux-64") == []
    assert solve(request).records == records
    assert solve(replace(request, preferred=records, exclude_newer="2999-01-01")).records == records
    assert solve(replace(request, exclude_newer_package=(("lib", "2999-01-01"),))).records == records
    assert [record.name for record in query([plain, other], "linux-64", ["tool", "lib"])] == ["lib", "tool"]
    assert sorted(package_names([plain], "linux-64")) == ["more", "tool"]
    # For another platform nobody has asked.
    assert [each.name for each in not_indexed([plain], "osx-arm64")] == [f"{plain}/osx-arm64/"]
    if sharded:
        with pytest.raises(InterlockError) as refused:
            solve(replace(request, specs=ask("more").specs))
        assert lacks(refused) == ["more"]


def test_a_subdir_that_came_later_is_not_taken_to_be_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    channel, subdir = RattlerChannel("https://example.invalid/late"), Subdir("linux-64")

    async def nothing(*_: object) -> list[str]:
        return []

    monkeypatch.setattr("interlock.engines.rattler.absent._names", nothing)
    for url, expected in (("noarch", True), ("linux-64", False)):
        used: Any = [SimpleNamespace(url=f"https://example.invalid/late/{url}/tool-1.0-0.conda")]
        remember_absent([channel], [subdir, Subdir("noarch")], used)
        assert absent(channel, subdir) is expected
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    remember_absent([channel], [subdir], [])
    assert not absent(channel, subdir)


def test_files_of_this_machine_are_no_network(
    channel: Channel, ask: MakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel.add("tool", "1.0")
    channel.index()
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    records = solve(ask("tool")).records
    assert not_unpacked(records) == []
    assert install(tmp_path / "prefix", records)
