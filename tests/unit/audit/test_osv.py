from __future__ import annotations

from typing import Any

import pytest
from packaging.utils import canonicalize_name

from interlock.audit.osv import advisories_on, packages_in

LIB = canonicalize_name("lib")


def record(name: str = "GHSA-1", **entry: Any) -> dict[str, Any]:
    """An advisory on ``Lib``, which is ``lib`` in another spelling."""
    more = {key: entry.pop(key) for key in ("aliases", "withdrawn", "summary", "details") if key in entry}
    return {"id": name, "affected": [{"package": {"ecosystem": "PyPI", "name": "Lib"}, **entry}], **more}


def ranged(*events: tuple[str, str], kind: str = "ECOSYSTEM") -> list[dict[str, Any]]:
    return [{"type": kind, "events": [{name: version} for name, version in events]}]


def ids(version: str, *records: dict[str, Any]) -> list[str]:
    return [found.id for found in advisories_on(records, LIB, version)]


@pytest.mark.parametrize(
    ("version", "affected"),
    [("0.9", False), ("1.0", True), ("1.9.post1", True), ("2.0rc1", True), ("2.0", False), ("2.0+cu124", False),
     ("1.5+cu124", True), ("3.0", True), ("3.1", True), ("3.1.1", False), ("as you like", False)],
)  # fmt: skip
def test_ranges(version: str, affected: bool) -> None:
    """Events count by their versions, whatever their order, as PEP 440 compares them."""
    events = [("fixed", "2.0"), ("introduced", "3.0"), ("introduced", "1.0"), ("last_affected", "3.1")]
    assert bool(ids(version, record(ranges=ranged(*events)))) is affected


def test_from_the_beginning_and_without_an_end() -> None:
    assert ids("0.0.0.dev1", record(ranges=ranged(("introduced", "0")))) == ["GHSA-1"]
    assert ids("99", record(ranges=ranged(("introduced", "0")))) == ["GHSA-1"]
    assert ids("99", record(ranges=ranged(("introduced", "0"), ("limit", "2")))) == []
    assert ids("99", record(ranges=ranged(("introduced", "0"), ("limit", "*")))) == ["GHSA-1"]


def test_versions_that_are_listed() -> None:
    listed = record(versions=["1.0", "not PEP 440"], ranges=ranged(("introduced", "0"), kind="GIT"))
    assert ids("1.0.0", listed) == ["GHSA-1"]
    assert ids("1.0+local", listed) == ["GHSA-1"]
    assert ids("not PEP 440", listed) == ["GHSA-1"]
    assert ids("1.1", listed) == []


def test_what_is_withdrawn_or_about_something_else() -> None:
    everything = ranged(("introduced", "0"))
    assert ids("1.0", record(ranges=everything, withdrawn="2024-01-01T00:00:00Z")) == []
    other = record(ranges=everything)
    other["affected"][0]["package"] = {"ecosystem": "npm", "name": "lib"}
    assert ids("1.0", other, {"id": "X", "affected": [{"ranges": everything}]}, {"id": "Y"}) == []
    assert packages_in(other) == frozenset()


def test_one_thing_with_several_names_is_told_once() -> None:
    one = record(
        "PYSEC-2", aliases=["CVE-7"], ranges=ranged(("introduced", "0"), ("fixed", "3.0")), details="# Bad\n\nx"
    )
    two = record("GHSA-1", aliases=["CVE-7"], ranges=ranged(("introduced", "1"), ("fixed", "2.10")))
    (found,) = advisories_on([one, two], LIB, "2.9")
    assert (found.id, found.aliases, found.fixed) == ("GHSA-1", ("CVE-7", "PYSEC-2"), ("2.10", "3.0"))
    assert found.summary == "Bad"


@pytest.mark.parametrize("broken", [[], {}, {"id": 1}, "text", None])
def test_what_is_no_record_is_no_answer(broken: Any) -> None:
    with pytest.raises(ValueError, match="no OSV record"):
        packages_in(broken)


@pytest.mark.parametrize(
    "entry",
    [{"versions": 1}, {"ranges": [1]}, {"ranges": [{"type": "ECOSYSTEM", "events": [1, {"introduced": None}]}]}],
)
def test_parts_that_make_no_sense_affect_nothing(entry: dict[str, Any]) -> None:
    assert ids("1.0", record(**entry)) == []
