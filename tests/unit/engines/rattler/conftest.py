from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from interlock_hooks.testing.channel import Channel
from interlock_hooks.types import CondaRequest, CondaSpec, Location

MakeRequest = Callable[..., CondaRequest]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("RATTLER_CACHE_DIR", raising=False)
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    return Channel(tmp_path / "channel")


@pytest.fixture
def ask(channel: Channel) -> MakeRequest:
    """Make a request for specs, each with a place in a manifest, to the test's own channel."""

    def make(*specs: str, **fields: object) -> CondaRequest:
        placed = tuple(
            CondaSpec(spec=spec, where=Location(file="pixi.toml", line=line)) for line, spec in enumerate(specs, 5)
        )
        defaults = {"environment": "default", "platform": "linux-64", "channels": (channel.url,)}
        return CondaRequest(**{**defaults, "specs": placed, **fields})

    return make
