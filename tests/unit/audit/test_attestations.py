"""Attestations of files, with a real one that Sigstore's public instance has in its log."""

from __future__ import annotations

import base64
import copy
import json
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from interlock.audit.attestations import (
    InvalidAttestationError,
    Publisher,
    provenance_addresses,
    require_library,
    verified_publishers,
)
from interlock.engines.http import RequestFailedError
from interlock_hooks.testing.loopback import QuietHandler, serving
from interlock_hooks.types import InterlockError

# Made by its authors for the tests of pypi-attestations (test/assets of that repository, Apache-2.0).
REAL = Path(__file__).parents[2] / "data" / "attestations" / "gcb_attestation_test-0.0.0.tar.gz.provenance"
FILE = "gcb_attestation_test-0.0.0.tar.gz"
SHA256 = "461317362419124b6012e855423a9078d6de8aed3e74fa78cc74d669b23dc6cf"
WHO = Publisher(kind="Google", identity="919436158236-compute@developer.gserviceaccount.com")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place for Sigstore's keys, which are those that it brings along."""
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


@pytest.fixture
def real() -> Any:
    return json.loads(REAL.read_text(encoding="utf-8"))


def test_an_attestation_that_holds(real: Any, capfd: pytest.CaptureFixture[str]) -> None:
    assert verified_publishers(real, FILE, SHA256) == (WHO,)
    assert str(WHO) == f"{WHO.identity} on Google"
    assert capfd.readouterr() == ("", "")


def signed(real: Any) -> Any:
    return real["attestation_bundles"][0]["attestations"][0]


def other_statement(real: Any) -> None:
    envelope = signed(real)["envelope"]
    statement = json.loads(base64.b64decode(envelope["statement"]))
    statement["subject"][0]["digest"]["sha256"] = "0" * 64
    envelope["statement"] = base64.b64encode(json.dumps(statement).encode()).decode()


def other_publisher(real: Any) -> None:
    publisher = {"kind": "GitHub", "repository": "pypa/sampleproject", "workflow": "release.yml"}
    real["attestation_bundles"][0]["publisher"] = publisher


def second_one(real: Any) -> None:
    bundles = real["attestation_bundles"]
    bundles.append(copy.deepcopy(bundles[0]))
    bundles[1]["publisher"]["email"] = "somebody@else.example"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (other_statement, "ignature"),
        (other_publisher, "Certificate"),
        (second_one, "SANs do not match somebody@else.example"),
        (lambda real: signed(real)["verification_material"].update(transparency_entries=[]), "too_short"),
        (lambda real: real["attestation_bundles"][0].update(attestations=[]), "no attestation"),
        (lambda real: real.update(attestation_bundles=[]), "no attestation"),
        (lambda real: real.update(version=2), "version"),
    ],
)
def test_what_does_not_hold(real: Any, change: Any, why: str) -> None:
    change(real)
    with pytest.raises(InvalidAttestationError, match=why):
        verified_publishers(real, FILE, "0" * 64 if change is other_statement else SHA256)


@pytest.mark.parametrize(
    ("file", "sha256", "why"),
    [(FILE, "0" * 64, "digest"), ("other-1.0.tar.gz", SHA256, "name"), ("nonsense", SHA256, "nonsense")],
)
def test_an_attestation_of_another_file(real: Any, file: str, sha256: str, why: str) -> None:
    with pytest.raises(InvalidAttestationError, match=why):
        verified_publishers(real, file, sha256)


def test_a_workflow_is_named() -> None:
    publisher = Publisher(kind="GitHub", identity="pypa/sampleproject", workflow="release.yml")
    assert str(publisher) == "pypa/sampleproject on GitHub (release.yml)"


HTML = """
<a href="../lib-1.0.tar.gz" data-provenance="../p/1">lib-1.0.<b>tar</b>.gz</a>
<a href="x">lib-2.0.tar.gz</a>
"""
JSON = {"files": [{"filename": "lib-1.0.tar.gz", "provenance": "../p/1"}, {"filename": "lib-2.0.tar.gz"}]}
NOTHING = [("application/json", "[]"), ("application/json", "{"), ("application/json", '{"files": [{}]}')]


@pytest.mark.parametrize("page", [("text/html", HTML), ("application/json", json.dumps(JSON)), *NOTHING])
def test_where_an_index_has_provenance(page: tuple[str, str]) -> None:
    class Handler(QuietHandler, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/simple/lib/" and "json" in self.headers["Accept"] else 404)
            self.send_header("Content-Type", page[0])
            self.end_headers()
            self.wfile.write(page[1].encode())

    with serving(Handler) as url:
        if page in NOTHING:
            with pytest.raises(RequestFailedError, match="no page of an index"):
                provenance_addresses(f"{url}/simple/", "lib")
            return
        found = provenance_addresses(f"{url}/simple/", "lib")
        assert found == {"lib-1.0.tar.gz": f"{url}/simple/p/1", "lib-2.0.tar.gz": None}
        with pytest.raises(RequestFailedError):
            provenance_addresses(f"{url}/simple/", "other")


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypi_attestations", None)
    with pytest.raises(InterlockError) as error:
        require_library()
    (finding,) = error.value.findings
    assert (finding.code, finding.exit_code, finding.fix) == ("IL587", 1, "install `interlock[attestations]`")
