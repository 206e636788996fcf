from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from interlock.audit.advisory_database import advisories
from interlock_hooks.testing.loopback import QuietHandler, serving
from interlock_hooks.types import InterlockError

LIB, APP = canonicalize_name("lib"), canonicalize_name("app")


def record(name: str, package: str = "lib", fixed: str = "2.0") -> dict[str, Any]:
    events = [{"introduced": "0"}, {"fixed": fixed}]
    about = {"package": {"ecosystem": "PyPI", "name": package}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {"id": name, "summary": f"about {package}", "affected": [about]}


def write(place: Path, *records: dict[str, Any]) -> Path:
    place.mkdir(exist_ok=True)
    for each in records:
        (place / f"{each['id']}.json").write_text(json.dumps(each))
    return place


def test_a_directory_and_an_archive_say_the_same(tmp_path: Path) -> None:
    folder = write(tmp_path / "osv", record("GHSA-1"), record("GHSA-2", "app", "1.0"), record("GHSA-3", "other"))
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in folder.iterdir():
            file.write(path, path.name)
    releases = [(APP, "1.5"), (LIB, "1.5")]
    for place in (folder, archive):
        assert [(each.id, each.name) for each in advisories(releases, str(place))] == [("GHSA-1", "lib")]


def unusable(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "missing"
    yield write(tmp_path / "empty")
    yield write(tmp_path / "npm", {"id": "X", "affected": [{"package": {"ecosystem": "npm", "name": "lib"}}]})
    for number, text in enumerate(("{", "[]", '{"affected": []}', "[" * 100_000)):
        folder = write(tmp_path / str(number), record("GHSA-1"))
        (folder / "broken.json").write_text(text)
        yield folder
    (tmp_path / "file.zip").write_text("no archive")
    yield tmp_path / "file.zip"


def test_a_copy_that_cannot_be_read_is_never_no_advisory(tmp_path: Path) -> None:
    for place in unusable(tmp_path):
        with pytest.raises(InterlockError) as error:
            advisories([(LIB, "3.0")], str(place))
        (finding,) = error.value.findings
        assert (finding.code, int(finding.exit_code)) == ("IL582", 1), place


class Server(QuietHandler, BaseHTTPRequestHandler):
    """The API: it has two pages of names for lib, and nothing on other packages."""

    asked: list[Any]
    answer: Any = None

    def do_POST(self) -> None:
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        self.asked.append(queries)
        self.reply(self.answer or {"results": [self.about(query) for query in queries]})

    def about(self, query: dict[str, Any]) -> dict[str, Any]:
        if query["package"]["name"] != "lib":
            return {}
        second = query.get("page_token") == "more"
        more = {} if second else {"next_page_token": "more"}
        return {"vulns": [{"id": "GHSA-2" if second else "GHSA-1"}, {"id": "../../other"}], **more}

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.reply(record(self.path.rpartition("/")[2]))

    def reply(self, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_a_server_is_asked_for_names_and_then_for_each_advisory() -> None:
    Server.asked = []
    with serving(Server) as address:
        found = advisories([(APP, "1.0"), (LIB, "1.5+cu124")], address)
    assert [(each.id, each.name, each.version, each.fixed) for each in found] == [
        ("GHSA-1", "lib", "1.5+cu124", ("2.0",)),
        ("GHSA-2", "lib", "1.5+cu124", ("2.0",)),
    ]
    questions = [each for each in Server.asked if isinstance(each, list)]
    assert [len(each) for each in questions] == [2, 1]
    assert questions[0][1]["version"] == "1.5"
    # What a server calls an advisory becomes no other address.
    assert sorted(each for each in Server.asked if isinstance(each, str)) == ["/v1/vulns/GHSA-1", "/v1/vulns/GHSA-2"]


@pytest.mark.parametrize("answer", [{"results": []}, {"results": [1]}, ["results"], {"results": [{"vulns": [1]}]}])
def test_a_server_that_says_something_else_is_told(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "answer", answer)
    Server.asked = []
    with serving(Server) as address, pytest.raises(InterlockError) as error:
        advisories([(LIB, "1.0")], address)
    assert error.value.findings[0].code == "IL582"


def test_without_a_network_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLOCK_HTTP_RETRIES", "0")
    with serving(Server) as address:
        pass
    with pytest.raises(InterlockError) as error:
        advisories([(LIB, "1.0")], address.replace("http://", "http://me:s3cret@"))
    (finding,) = error.value.findings
    assert finding.code == "IL582"
    assert "were not checked" in finding.what
    assert "s3cret" not in str(finding)
    assert "--database" in finding.fix
