from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engines.rattler.record_json import record_from_json, record_to_json
from interlock_hooks.types import CondaRecord

words = st.text("abcxyz019_-", min_size=1, max_size=8)
lists = st.lists(words, max_size=3).map(tuple)
hashes = st.one_of(st.none(), st.binary(min_size=32, max_size=32).map(bytes.hex))


records = st.builds(
    CondaRecord,
    name=words,
    version=words,
    build=words,
    build_number=st.integers(0, 9),
    subdir=st.sampled_from(["linux-64", "noarch"]),
    url=words.map(lambda word: f"https://host/c/linux-64/{word}.conda"),
    file_name=words.map(lambda word: f"{word}.conda"),
    channel=words,
    sha256=hashes,
    md5=hashes,
    size=st.one_of(st.none(), st.integers(0, 2**63 - 1)),
    depends=lists,
    constrains=lists,
    purls=st.one_of(st.none(), lists),
    noarch=st.sampled_from([None, "python", "generic"]),
    license=st.one_of(st.none(), words),
    timestamp=st.one_of(st.none(), st.integers(1, 2**63 - 1)),
    track_features=lists,
    python_site_packages_path=st.one_of(st.none(), words),
)


@given(records)
def test_round_trip(record: CondaRecord) -> None:
    assert record_from_json(json.loads(json.dumps(record_to_json(record)))) == record


@pytest.mark.parametrize("number", [10**400, 2**63, -1, 1e999, "7", None])
def test_a_number_that_no_record_can_have_counts_as_none(number: object) -> None:
    data = {"name": "n", "version": "1", "build": "0", "subdir": "noarch", "url": "https://host/c/noarch/n-1-0.conda"}
    record = record_from_json({**data, "build_number": number, "size": number, "timestamp": number})
    assert (record.build_number, record.size, record.timestamp) == (0, None, None)


def test_older_repodata() -> None:
    data = {
        "name": "old",
        "version": "1",
        "build": "0",
        "build_number": 0,
        "subdir": "noarch",
        "url": "https://host/c/noarch/old-1-0.tar.bz2#hash",
        "noarch": True,
        "track_features": ["a", "b"],
        "license": None,
    }
    record = record_from_json(data)
    assert record.noarch == "generic"
    assert record.track_features == ("a", "b")
    assert record.file_name == "old-1-0.tar.bz2"
    assert record.purls is None
