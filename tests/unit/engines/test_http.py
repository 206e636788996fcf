from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from interlock.engines import http
from interlock.engines.hashes import Recorded, changed_files
from interlock.engines.http import Patience, RequestFailedError, answers, chunks, open_session, reason
from kit.documents import Documents, serve_documents

BODY = bytes(range(256)) * 4096
FEW = Patience(connect=10, read=60, retries=3)
IMPATIENT = Patience(connect=10, read=0.2, retries=3)


@pytest.fixture
def documents() -> Iterator[Documents]:
    with serve_documents() as served:
        served.put("file", BODY)
        yield served


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited, without waiting them."""
    seconds: list[float] = []
    monkeypatch.setattr(time, "sleep", seconds.append)
    return seconds


def statuses(documents: Documents) -> list[int]:
    return [status for _, status in documents.requests]


def read(documents: Documents, name: str = "file", patience: Patience = http.PATIENT) -> bytes:
    return b"".join(chunks(f"{documents.url}/{name}", patience))


def test_a_busy_server_is_asked_again_when_it_wants_to_be(documents: Documents, waits: list[float]) -> None:
    documents.fail("file", 503, retry_after="7")
    assert read(documents) == BODY
    assert statuses(documents) == [503, 200]
    assert waits == [7]


@pytest.mark.parametrize("retry_after", ["86400", "Fri, 31 Dec 2200 23:59:59 GMT"])
def test_no_server_makes_anyone_wait_for_long(documents: Documents, waits: list[float], retry_after: str) -> None:
    documents.fail("file", 429, retry_after=retry_after)
    assert read(documents) == BODY
    assert waits == [30]


def test_a_wish_that_cannot_be_read_is_none(documents: Documents, waits: list[float]) -> None:
    documents.fail("file", 503, times=2, retry_after="tomorrow")
    assert read(documents) == BODY
    assert all(seconds <= 1 for seconds in waits)


def test_a_server_that_stays_busy_is_asked_a_few_times(documents: Documents, waits: list[float]) -> None:
    documents.fail("file", 503, times=100, retry_after="1")
    with pytest.raises(RequestFailedError, match="503"):
        read(documents)
    assert statuses(documents) == [503] * 5


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_answer_that_will_not_change_is_believed(documents: Documents, waits: list[float], status: int) -> None:
    documents.fail("file", status, times=100, retry_after="1")
    with pytest.raises(RequestFailedError, match=str(status)):
        read(documents)
    assert statuses(documents) == [status]
    assert waits == []


@pytest.mark.parametrize("ranges", [True, False])
def test_what_breaks_off_goes_on_from_there(documents: Documents, ranges: bool) -> None:
    documents.put("file", BODY, ranges=ranges)
    documents.cut("file", 300_000, 500_000)
    assert read(documents) == BODY
    assert statuses(documents) == [200, *([206, 206] if ranges else [200, 200])]


def test_what_breaks_off_again_and_again_fails(documents: Documents) -> None:
    documents.cut("file", *[200_000] * 10)
    with pytest.raises(RequestFailedError, match="IncompleteRead"):
        read(documents, patience=FEW)
    assert len(documents.requests) == 4


def test_halves_of_two_files_are_never_put_together(documents: Documents) -> None:
    documents.cut("file", 300_000)
    pieces = chunks(f"{documents.url}/file", FEW)
    next(pieces)
    documents.put("file", BODY[::-1])
    with pytest.raises(RequestFailedError, match="changed on the server"):
        list(pieces)


def test_a_server_that_says_nothing_is_given_up(waits: list[float]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(RequestFailedError, match="timed out"):
            list(chunks(f"http://127.0.0.1:{port}/file", IMPATIENT))
        with pytest.raises(Exception, match="timed out"):
            open_session(http.PoliteAdapter(patience=IMPATIENT)).get(f"http://127.0.0.1:{port}/file")
    assert len(waits) <= 2 * 2


def test_a_dead_host_is_named(waits: list[float]) -> None:
    with pytest.raises(RequestFailedError, match="refused"):
        list(chunks("http://127.0.0.1:9/file"))
    assert "refused" in (answers("http://127.0.0.1:9/") or "")
    for nonsense in ("http://[broken/", "http://" + "a" * 70 + ".invalid/", "nothing://x"):
        assert answers(nonsense)


def test_any_answer_shows_that_a_server_is_there(documents: Documents) -> None:
    documents.fail("", 503, times=10)
    assert answers(f"{documents.url}/") is None
    assert statuses(documents) == [503]


def test_reasons_keep_secrets() -> None:
    assert "secret" not in reason(OSError("404 for url: https://me:secret@example.invalid/x"))


def test_a_changed_artifact_is_told_from_one_that_cannot_be_read(documents: Documents, waits: list[float]) -> None:
    import hashlib

    right = Recorded("right", f"{documents.url}/file", hashlib.sha256(BODY).hexdigest())
    wrong, gone = (
        Recorded(name, f"{documents.url}/{place}", "0" * 64) for name, place in (("wrong", "file"), ("x", "x"))
    )
    (finding,) = changed_files([right, wrong, gone, Recorded("unknown", wrong.url, None)])
    assert finding.code == "IL501"
    assert "wrong" in finding.what
    for told in (wrong.url, hashlib.sha256(BODY).hexdigest(), "0" * 64):
        assert told in finding.why


def test_users_may_set_limits_for_all_requests(
    documents: Documents, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERLOCK_HTTP_RETRIES", "1")
    documents.fail("file", 503, times=100)
    with pytest.raises(RequestFailedError, match="503"):
        read(documents)
    assert statuses(documents) == [503] * 2
    monkeypatch.setenv("INTERLOCK_HTTP_TIMEOUT", "0.2")
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(RequestFailedError, match="timed out"):
        list(chunks(f"http://127.0.0.1:{silent.getsockname()[1]}/file"))


def test_authorities_are_those_that_other_engines_take(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)

    def authorities() -> object:
        with open_session() as session:
            return session.merge_environment_settings("https://example.org", {}, None, None, None)["verify"]

    assert authorities() is True
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/all.pem")
    assert authorities() == "/etc/all.pem"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/own.pem")
    assert authorities() == "/etc/own.pem"
