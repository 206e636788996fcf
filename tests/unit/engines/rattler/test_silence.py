from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rattler import Client
from rattler.package_streaming import download_bytes

from interlock.engines.rattler import runtime
from interlock.engines.rattler.errors import translated
from interlock.engines.rattler.runtime import run
from interlock.engines.rattler.silence import SilentServerError, close_silent_connections
from interlock_hooks.types import InterlockError
from kit.misbehaving import Fault, Misbehaving, serve_badly

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="connections are looked at through /proc")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Misbehaving]:
    (tmp_path / "file").write_bytes(bytes(10_000))
    with serve_badly(tmp_path, tmp_path) as served:
        yield served


def fetch(server: Misbehaving) -> bytes:
    client = Client.default_client(max_retries=0)

    async def fetched() -> bytes:
        return await download_bytes(client, f"{server.channel}/file")

    return run(fetched())


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.STALLED])
def test_nobody_waits_for_ever(server: Misbehaving, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    monkeypatch.setenv("INTERLOCK_HTTP_TIMEOUT", "0.2")
    server.fail("file", fault, times=1)
    with pytest.raises(SilentServerError, match=r"127\.0\.0\.1:\d+ sent nothing for 0\.2 s"):
        fetch(server)
    assert fetch(server) == bytes(10_000)


def test_it_is_told_as_a_channel_that_cannot_be_reached() -> None:
    with pytest.raises(InterlockError) as error, translated(addresses=["https://host/x/lib-1-0.conda"]):
        raise SilentServerError("failed to fetch lib-1-0.conda\nhost:443 sent nothing for 60 s")
    (finding,) = error.value.findings
    assert finding.code == "IL203"
    assert finding.why == "failed to fetch https://host/x/lib-1-0.conda: host:443 sent nothing for 60 s"


def test_a_connection_that_nobody_waited_for_is_to_blame_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def close_at_once(seconds: float, closed: list[str]) -> None:
        closed.append("127.0.0.1:9")

    async def refused() -> None:
        await asyncio.sleep(0)
        raise RuntimeError("HTTP status client error (404 Not Found) for url (http://host/x)")

    monkeypatch.setattr(runtime, "close_silent_connections", close_at_once)
    with pytest.raises(RuntimeError, match="404"):
        run(refused())


def test_other_failures_of_a_server_stay_what_they_are(server: Misbehaving) -> None:
    server.fail("file", Fault.SHORT, times=1)
    with pytest.raises(RuntimeError, match="error decoding"):
        fetch(server)


def test_sockets_of_python_have_limits_of_their_own() -> None:
    closed: list[str] = []

    async def watch() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(close_silent_connections(0.01, closed), 0.1)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        mine = socket.create_connection(listening.getsockname())
        theirs = listening.accept()[0]
        with mine, theirs:
            asyncio.run(watch())
            theirs.sendall(b"x")
            assert mine.recv(1) == b"x"
    assert closed == []
