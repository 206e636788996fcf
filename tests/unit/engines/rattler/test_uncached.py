"""conda's caches with the network switched off, against servers that are gone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from rattler.index import index_fs

from interlock.core.codes import NOT_CACHED
from interlock.engines.rattler.candidates import query
from interlock.engines.rattler.installer import install
from interlock.engines.rattler.package_paths import package_paths
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
    with pytest.raises(InterlockError, match="tool"):
        package_paths([record for record in records if record.name == "tool"])
    if sharded:
        # With one index for each package only those are cached that were looked at.
        with pytest.raises(InterlockError) as refused:
            solve(replace(ask("more", "even", "tool"), channels=(url,)))
        assert lacks(refused) == ["even", "more"]
        with pytest.raises(InterlockError) as refused:
            query([url], "linux-64", ["lib", "more", "even"])
        assert lacks(refused) == ["even", "more"]


def test_files_of_this_machine_are_no_network(
    channel: Channel, ask: MakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel.add("tool", "1.0")
    channel.index()
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    records = solve(ask("tool")).records
    assert not_unpacked(records) == []
    assert install(tmp_path / "prefix", records)
