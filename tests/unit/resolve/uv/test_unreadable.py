"""Requirements that uv cannot read: never an empty resolution."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock_hooks.testing.index import Index as Distributions
from interlock_hooks.types import InterlockError
from unit.resolve.asking import Asker


def test_what_only_uv_cannot_read_is_named_with_its_reason(packages: Distributions, tmp_path: Path, ask: Asker) -> None:
    packages.wheel("small", "1.0")
    archive = tmp_path / "lib-1.0.rar"
    archive.touch()
    with pytest.raises(InterlockError) as caught:
        ask("small", f"lib @ {archive.as_uri()}")
    (finding,) = caught.value.findings
    assert finding.code == "IL301"
    assert "lib-1.0.rar" in finding.what
    assert "extension" in finding.why
    assert finding.where is not None
    assert finding.where.line == 7


@pytest.mark.parametrize(
    "url", ["./lib", "https://host:port/lib-1.0.zip", "https://[::1/lib-1.0.zip", "ftp://host/l.whl"]
)
def test_what_a_plugin_or_a_build_asks_for_is_checked_as_well(ask: Asker, url: str) -> None:
    with pytest.raises(InterlockError) as caught:
        ask(f"lib @ {url}")
    assert [finding.code for finding in caught.value.findings] == ["IL301"]
    for key in ("constraints", "overrides"):
        with pytest.raises(InterlockError) as caught:
            ask("small", **{key: (f"lib @ {url}",)})
        assert [finding.code for finding in caught.value.findings] == ["IL301"]
