from __future__ import annotations

from interlock.manifest.known_keys import table_of


def test_tables_of_known_keys() -> None:
    assert table_of("channels", ()) == "[workspace]"
    assert table_of("channels", ("tool", "pixi")) == "[tool.pixi.workspace]"
    assert table_of("torch-backend", ("tool", "uv")) is None
    assert table_of("nonsense", ()) is None
