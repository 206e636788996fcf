"""What cannot be fetched or read while resolving, from the words of the real uv."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from interlock_hooks.testing.index import Index as Distributions
from interlock_hooks.testing.loopback import QuietHandler, serving
from interlock_hooks.types import Finding, Index, InterlockError, PyPIOptions
from unit.resolve.asking import Asker


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


@contextmanager
def answering(status: int) -> Iterator[str]:
    class Handler(QuietHandler, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"no")

    with serving(Handler) as address:
        yield address


def failure(ask: Asker, text: str, **fields: object) -> Finding:
    with pytest.raises(InterlockError) as failed:
        ask(text, **fields)
    return failed.value.findings[0]


@pytest.mark.parametrize("file", ["lib-1.0-py3-none-any.whl", "lib-1.0.tar.gz"])
@pytest.mark.parametrize(("status", "said"), [(403, "403 Forbidden"), (500, "500 Internal Server Error")])
def test_a_server_that_refuses_a_file(packages: Distributions, ask: Asker, status: int, said: str, file: str) -> None:
    with answering(status) as address:
        found = failure(ask, f"lib @ {address}/{file}")
    assert (found.code, found.what) == ("IL303", f"{address}/{file} cannot be fetched")
    assert found.why == f"the server answers {said}"
    assert found.where is not None
    assert "credentials" in found.fix


@pytest.mark.parametrize("status", [401, 403])
def test_an_index_that_asks_for_credentials_is_not_one_without_the_package(ask: Asker, status: int) -> None:
    with answering(status) as address:
        index = Index(url=f"{address}/simple", default=True)
        found = failure(ask, "lib", options=PyPIOptions(indexes=(index,)))
    assert found.why.startswith(f"{address}/simple does not show lib: the server answers {status} ")
    assert "credentials" in found.fix


def test_an_index_that_fails_and_one_that_is_none(ask: Asker) -> None:
    for status, what in ((500, "cannot be fetched"), (200, "is not a page of a package index")):
        with answering(status) as address:
            index = Index(url=f"{address}/simple", default=True)
            found = failure(ask, "lib", options=PyPIOptions(indexes=(index,)))
        assert (found.code, found.what) == ("IL303", f"{address}/simple/lib/ {what}")


def test_repositories(packages: Distributions, ask: Asker, tmp_path: Path) -> None:
    found = failure(ask, f"lib @ git+{tmp_path.as_uri()}/none")
    assert (found.code, found.what) == ("IL303", f"{tmp_path.as_uri()}/none cannot be fetched")
    assert found.why == "there is no git repository"
    with answering(403) as address:
        assert failure(ask, f"lib @ git+{address}/lib.git").why == "the server answers 403 Forbidden"


def test_a_host_that_is_not_there(packages: Distributions, ask: Asker) -> None:
    assert failure(ask, "lib @ http://127.0.0.1:9/lib-1.0.tar.gz").why == "the connection was refused"


@pytest.mark.parametrize("name", ["lib-1.0-py3-none-any.whl", "lib-1.0.tar.gz"])
def test_a_damaged_file(packages: Distributions, ask: Asker, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"nonsense")
    found = failure(ask, f"lib @ {tmp_path.as_uri()}/{name}")
    assert found.code == "IL311"
    assert found.what.endswith(f"{name} cannot be unpacked")
    assert found.where is not None
