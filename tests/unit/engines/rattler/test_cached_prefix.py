from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from interlock.engines.rattler import cached_prefix
from interlock.engines.rattler.cached_prefix import linked_prefix, prefix_digest, prune_prefixes
from interlock.engines.rattler.solver import solve
from interlock_hooks.testing.channel import Channel
from interlock_hooks.types import InterlockError


def test_linked_once_and_shared(channel: Channel, ask, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    channel.add("lib", "1.0", files={"share/lib.txt": "one"})
    channel.add("other", "1.0")
    records = solve(ask("lib", "other")).records
    links: list[Path] = []
    original = cached_prefix._link
    monkeypatch.setattr(cached_prefix, "_link", lambda prefix, *rest: (links.append(prefix), original(prefix, *rest)))
    with ThreadPoolExecutor(4) as executor:
        prefixes = set(executor.map(linked_prefix, [records, records[::-1]] * 2))
    (prefix,) = prefixes
    assert links == [prefix]
    assert prefix.is_relative_to(own_cache / "prefixes")
    assert (prefix / "share/lib.txt").read_text() == "one"


def test_a_half_linked_prefix_is_completed(channel: Channel, ask) -> None:
    channel.add("lib", "1.0", files={"share/lib.txt": "one"})
    records = solve(ask("lib")).records
    with pytest.raises(InterlockError):
        linked_prefix([replace(records[0], sha256="0" * 64)])
    prefix = linked_prefix(records)
    (prefix / "conda-meta" / "interlock-complete").unlink()
    assert linked_prefix(records) == prefix


def test_the_digest_follows_the_content(channel: Channel, ask) -> None:
    channel.add("lib", "1.0")
    (record,) = solve(ask("lib")).records
    assert prefix_digest([record]) == prefix_digest([replace(record, purls=("pkg:pypi/lib",))])
    assert prefix_digest([record]) != prefix_digest([replace(record, sha256="0" * 64)])
    elsewhere = {"url": f"https://mirror.example/{record.url.rpartition('/')[2]}"}
    assert prefix_digest([record]) == prefix_digest([replace(record, **elsewhere)])
    # What has no SHA-256 is known by its place as well.
    assert prefix_digest([replace(record, sha256=None)]) != prefix_digest([replace(record, sha256=None, **elsewhere)])
    bare = replace(record, sha256=None, md5=None)
    assert prefix_digest([bare]) != prefix_digest([replace(bare, build="other")])


def test_prefixes_that_nobody_used_lately_are_removed(channel: Channel, ask, own_cache: Path) -> None:
    for name in ("old", "new"):
        channel.add(name, "1.0")
    old, new = (linked_prefix(solve(ask(name)).records) for name in ("old", "new"))
    os.utime(old / "conda-meta" / "interlock-complete", (1, 1))
    assert prune_prefixes(unused_for=3600) == [old]
    assert (old.exists(), new.is_dir()) == (False, True)
    assert linked_prefix(solve(ask("old")).records) == old
    assert prune_prefixes(unused_for=0) == sorted([old, new])


def test_a_prefix_that_was_left_half_linked_is_removed_unless_somebody_links_it(
    channel: Channel, ask, own_cache: Path
) -> None:
    channel.add("lib", "1.0")
    prefix = linked_prefix(solve(ask("lib")).records)
    (prefix / "conda-meta" / "interlock-complete").unlink()
    with FileLock(prefix.with_suffix(".lock")):
        assert prune_prefixes(unused_for=3600) == []
    # What an interrupted removal left is in nobody's way.
    (prefix.with_name(f"{prefix.name}-removed") / "x").mkdir(parents=True)
    assert prune_prefixes(unused_for=3600)[0] == prefix
    assert [path for path in (own_cache / "prefixes").iterdir() if path.is_dir()] == []


def test_without_prefixes_there_is_nothing_to_prune(own_cache: Path) -> None:
    assert prune_prefixes(unused_for=0) == []
