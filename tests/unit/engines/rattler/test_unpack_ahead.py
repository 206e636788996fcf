"""Conda packages are unpacked into the cache, and the prefix that they are for stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.engines.rattler import unpack_ahead as module
from interlock.engines.rattler.installer import install
from interlock.engines.rattler.solver import solve
from interlock.engines.rattler.unpack_ahead import unpack_ahead
from interlock.engines.rattler.unpacked import are_unpacked
from interlock_hooks.testing.channel import Channel
from interlock_hooks.types import CondaRecord, Finding, InterlockError


def test_only_what_is_lacking_is_unpacked(
    channel: Channel, ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = tmp_path / "env"
    # Both have a file of one path, which rattler has to keep apart.
    channel.add("old", "1.0", files={"share/old": "1", "share/both": "old"})
    channel.add("new", "1.0", files={"share/new": "1", "share/both": "new"}, depends=["old"])
    install(prefix, solve(ask("old")).records)
    before = {path: path.lstat().st_mtime_ns for path in prefix.rglob("*")}
    wanted = solve(ask("new")).records
    new = [record for record in wanted if record.name == "new"]
    told: list[str] = []
    unpack_ahead(prefix, wanted, new, on_progress=lambda done, total, item: told.append(item))
    assert are_unpacked(new)
    assert not any("old" in item for item in told)
    assert {path: path.lstat().st_mtime_ns for path in prefix.rglob("*")} == before

    def fail(prefix: Path, records: tuple[CondaRecord, ...], **options: object) -> None:
        raise InterlockError(Finding(code="IL651", what="not here"))

    monkeypatch.setattr(module, "install", fail)
    # Linking them to where they are wanted is another matter.
    unpack_ahead(prefix, wanted, new, on_progress=lambda done, total, item: None)
    with pytest.raises(InterlockError):
        unpack_ahead(prefix, wanted, solve_another(channel, ask), on_progress=lambda done, total, item: None)


def solve_another(channel: Channel, ask) -> tuple[CondaRecord, ...]:
    channel.add("another", "1.0")
    return solve(ask("another")).records
