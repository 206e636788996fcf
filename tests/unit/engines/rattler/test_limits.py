"""Time limits of single channels and packages."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from interlock.engines.rattler.solver import solve
from interlock_hooks.testing.channel import Channel
from interlock_hooks.types import UNLIMITED, CondaSolution, InterlockError

LIMIT = "2026-01-31"


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    """One version of each package from before the limit, and one from after it."""
    made = Channel(tmp_path / "channel")
    for name, depends in (("app", ["lib"]), ("lib", []), ("other", [])):
        made.add(name, "1.0", depends=depends, published=day("2026-01-01"))
        made.add(name, "2.0", depends=depends, published=day("2026-03-01"))
    return made


def versions(solution: CondaSolution) -> dict[str, str]:
    return {record.name: record.version for record in solution.records}


def test_a_package_can_be_exempt(ask) -> None:
    limits = {"exclude_newer": LIMIT, "exclude_newer_package": (("lib", UNLIMITED),)}
    assert versions(solve(ask("app", "other", **limits))) == {"app": "1.0", "lib": "2.0", "other": "1.0"}


def test_a_package_can_be_limited_alone(ask) -> None:
    assert versions(solve(ask("app", exclude_newer_package=(("lib", "2026-02-01T00:00:00Z"),)))) == {
        "app": "2.0",
        "lib": "1.0",
    }


def test_a_channel_can_be_exempt_and_a_package_of_it_not(channel: Channel, ask) -> None:
    limits = {"exclude_newer": LIMIT, "exclude_newer_channel": ((channel.url, UNLIMITED),)}
    assert versions(solve(ask("app", **limits))) == {"app": "2.0", "lib": "2.0"}
    limits["exclude_newer_package"] = (("lib", LIMIT),)
    assert versions(solve(ask("app", **limits))) == {"app": "2.0", "lib": "1.0"}


@pytest.mark.parametrize("limits", [{"exclude_newer": LIMIT}, {"exclude_newer_package": (("lib", LIMIT),)}])
def test_a_limit_that_is_added_holds_for_what_was_locked(ask, limits: dict[str, object]) -> None:
    locked = solve(ask("lib", "other"))
    assert versions(locked) == {"lib": "2.0", "other": "2.0"}
    found = versions(solve(ask("lib", "other", preferred=locked.records, **limits)))
    assert found == {"lib": "1.0", "other": "1.0" if "exclude_newer" in limits else "2.0"}


def test_what_was_locked_stays_if_a_limit_admits_it(channel: Channel, ask) -> None:
    """Its own time stamp says when it was made, which is after the limit."""
    locked = solve(ask("lib <2")).records
    channel.add("lib", "1.5", published=day("2026-01-02"))
    limits = {"exclude_newer": LIMIT, "exclude_newer_package": (("app", UNLIMITED),)}
    assert versions(solve(ask("lib", preferred=locked, **limits))) == {"lib": "1.0"}


def test_a_limit_holds_for_a_channel_that_only_a_spec_names(tmp_path: Path, ask) -> None:
    named = Channel(tmp_path / "named")
    named.add("lib", "0.1", published=day("2026-01-01"))
    named.add("lib", "0.2", published=day("2026-03-01"))
    found = solve(ask(f"{named.url}::lib", exclude_newer_package=(("lib", LIMIT),)))
    assert versions(found) == {"lib": "0.1"}


def test_channels_keep_their_priority(channel: Channel, tmp_path: Path, ask) -> None:
    second = Channel(tmp_path / "second")
    second.add("app", "9.0", published=day("2026-01-01"))
    second.add("only", "1.0", published=day("2026-01-01"))
    limits = {"exclude_newer": LIMIT, "exclude_newer_package": (("lib", UNLIMITED),)}
    both = (channel.url, second.url)
    assert versions(solve(ask("app", "only", channels=both, **limits))) == {"app": "1.0", "lib": "2.0", "only": "1.0"}
    assert versions(solve(ask("app", channels=both[::-1], **limits)))["app"] == "9.0"


def test_a_limit_is_told_when_nothing_is_left(ask) -> None:
    with pytest.raises(InterlockError) as refused:
        solve(ask("app >=2", exclude_newer=LIMIT, exclude_newer_package=(("lib", UNLIMITED),)))
    assert refused.value.findings[0].code == "IL210"


@pytest.mark.parametrize("place", ["file:///nowhere", "http://127.0.0.1:9/channel"])
def test_a_channel_that_is_not_there(ask, place: str) -> None:
    limits = {"exclude_newer_package": (("lib", UNLIMITED),)}
    with pytest.raises(InterlockError) as refused:
        solve(ask("app", channels=(place,), **limits))
    assert refused.value.findings[0].code in ("IL203", "IL204")


def test_a_limit_that_cannot_be_read(ask) -> None:
    with pytest.raises(InterlockError) as refused:
        solve(ask("app", exclude_newer_package=(("lib", "soon"),)))
    assert refused.value.findings[0].code == "IL214"


def test_a_record_without_a_time_is_old_enough(channel: Channel, ask) -> None:
    _forget_times(channel)
    assert versions(solve(ask("other", exclude_newer=LIMIT))) == {"other": "2.0"}
    assert versions(solve(ask("other", exclude_newer=LIMIT, exclude_newer_package=(("app", "3d"),)))) == {
        "other": "2.0"
    }


def _forget_times(channel: Channel) -> None:
    import json

    channel.index()
    for path in channel.folder.glob("*/repodata.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        for record in document["packages.conda"].values():
            record.pop("timestamp", None)
            record.pop("indexed_timestamp", None)
        path.write_text(json.dumps(document), encoding="utf-8")
