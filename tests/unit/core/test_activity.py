"""What an engine does, told to who listens."""

from __future__ import annotations

from interlock.core.activity import Download, doing, teller, telling
from interlock.engines.threads import in_threads


def test_who_listens_is_told_also_of_other_threads() -> None:
    outer: list[str] = []
    inner: list[str] = []
    doing("nobody listens")
    with telling(outer.append):
        doing("one")
        with telling(inner.append):
            in_threads(doing, ["two"], workers=2)
        tell = teller()
    tell("three")
    doing("nobody listens")
    assert (outer, inner) == (["one", "three"], ["two"])


def test_a_download_is_told_by_the_megabyte() -> None:
    told: list[str] = []
    with telling(told.append):
        sized, unsized = Download("torch"), Download("pesq.tar.gz")
    for done in (0, 999_999, 1_000_000, 1_500_000, 44_900_000):
        sized.at(done, 44_900_000)
    unsized.at(2_000_000)
    assert told == [
        "downloading torch (0 of 45 MB)",
        "downloading torch (1 of 45 MB)",
        "downloading torch (44 of 45 MB)",
        "downloading pesq.tar.gz (2 MB)",
    ]
