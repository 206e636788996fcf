"""What a solve keeps of an earlier solution when the request has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.engines.rattler.solver import solve
from interlock_hooks.testing.channel import Channel
from interlock_hooks.types import CondaSolution


@pytest.fixture
def second(tmp_path: Path, channel: Channel) -> Channel:
    """A channel with a newer version of the only package of the first one, and another package."""
    channel.add("lib", "1.0")
    made = Channel(tmp_path / "second")
    made.add("lib", "2.0")
    made.add("only", "1.0")
    return made


def versions(solution: CondaSolution) -> dict[str, str]:
    return {record.name: record.version for record in solution.records}


def test_a_channel_that_is_no_longer_listed(second: Channel, ask) -> None:
    locked = solve(ask("lib", channels=(second.url,)))
    assert versions(locked) == {"lib": "2.0"}
    assert versions(solve(ask("lib", preferred=locked.records))) == {"lib": "1.0"}


def test_a_channel_that_now_comes_first(channel: Channel, second: Channel, ask) -> None:
    locked = solve(ask("lib", "only", channels=(second.url,)))
    both = (channel.url, second.url)
    found = solve(ask("lib", "only", preferred=locked.records, channels=both))
    assert versions(found) == {"lib": "1.0", "only": "1.0"}
    found = solve(ask("lib", preferred=locked.records, channels=both, channel_priority="disabled"))
    assert versions(found) == {"lib": "2.0"}


def test_a_channel_that_comes_later_changes_nothing(channel: Channel, second: Channel, ask) -> None:
    locked = solve(ask("lib"))
    channel.add("lib", "1.1")
    found = solve(ask("lib", preferred=locked.records, channels=(channel.url, second.url)))
    assert versions(found) == {"lib": "1.0"}


def test_a_channel_that_a_spec_names(channel: Channel, second: Channel, ask) -> None:
    named = f"{second.url}::lib"
    locked = solve(ask(named))
    second.add("lib", "2.1")
    assert versions(solve(ask(named, preferred=locked.records))) == {"lib": "2.0"}
    assert versions(solve(ask("lib", preferred=locked.records))) == {"lib": "1.0"}


def test_a_channel_that_a_spec_names_now(second: Channel, ask) -> None:
    both = {"channels": (second.url, second.url.replace("second", "channel"))}
    locked = solve(ask("lib", "only", **both))
    assert versions(locked) == {"lib": "2.0", "only": "1.0"}
    for named in (f"{both['channels'][1]}::lib", f"lib[channel='{both['channels'][1]}']"):
        found = solve(ask(named, "only", preferred=locked.records, **both))
        assert versions(found) == {"lib": "1.0", "only": "1.0"}


def test_an_archive_that_a_spec_names_now(channel: Channel, second: Channel, ask, tmp_path: Path) -> None:
    archives = [Channel(tmp_path / name).add("lib", "0.9", files={"share/lib": name}) for name in ("one", "other")]
    preferred = solve(ask("lib")).records
    for archive in archives:
        found = solve(ask(f"lib[url='{archive.as_uri()}']", preferred=preferred))
        assert [record.url for record in found.records] == [archive.as_uri()]
        preferred = found.records
    assert versions(solve(ask("lib", preferred=preferred))) == {"lib": "1.0"}
