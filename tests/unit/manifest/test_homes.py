from __future__ import annotations

from interlock.manifest.homes import home_of


def test_homes() -> None:
    assert home_of("channels", ()) == "[workspace]"
    assert home_of("channels", ("tool", "pixi")) == "[tool.pixi.workspace]"
    assert home_of("torch-backend", ("tool", "uv")) is None
    assert home_of("nonsense", ()) is None
