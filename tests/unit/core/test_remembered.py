from __future__ import annotations

from pathlib import Path

import pytest

from interlock.core.remembered import digest_of, recall, remember


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_an_answer_counts_for_the_same_facts_alone(cache: Path) -> None:
    facts = digest_of(["state", 1])
    assert recall("info", "/env", facts) is None
    remember("info", "/env", facts, {"name": "x"})
    assert recall("info", "/env", digest_of(["state", 1])) == {"name": "x"}
    assert recall("info", "/env", digest_of(["state", 2])) is None
    assert recall("other", "/env", facts) is None
    assert recall("info", "/env2", facts) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b'{"facts": "f"}', b"\xff", b"[" * 100_000])
def test_what_is_damaged_counts_as_nothing(cache: Path, content: bytes) -> None:
    remember("info", "/env", "f", 1)
    (stored,) = (cache / "info").iterdir()
    stored.write_bytes(content)
    assert recall("info", "/env", "f") is None


def test_a_cache_that_cannot_be_written_is_no_reason_to_fail(cache: Path) -> None:
    (cache / "info").write_text("in the way")
    remember("info", "/env", "f", 1)
    assert recall("info", "/env", "f") is None
