from __future__ import annotations

import pytest
from rattler import Channel, Subdir
from rattler.exceptions import GatewayError

from interlock.engines.rattler import absent


def test_a_server_that_fails_after_the_solve_is_asked_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object) -> list[str]:
        raise GatewayError("error sending request")

    async def empty(*_: object) -> list[str]:
        return []

    channel, subdir = Channel("https://channels.example/main"), Subdir("linux-64")
    monkeypatch.setattr(absent, "_names", failing)
    absent.remember_absent([channel], [subdir], [])
    assert not absent.absent(channel, subdir)
    monkeypatch.setattr(absent, "_names", empty)
    absent.remember_absent([channel], [subdir], [])
    assert absent.absent(channel, subdir)
