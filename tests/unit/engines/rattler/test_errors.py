from __future__ import annotations

import pytest
from rattler import exceptions as raised

from interlock.engines.rattler.errors import finding_of, redacted, translated
from interlock_hooks.types import InterlockError, Location

CLASSES = [getattr(raised, name) for name in raised.__all__ if name not in {"ParsePlatformError", "GatewayWarning"}]


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_every_exception_of_rattler_becomes_a_finding(error: type[Exception]) -> None:
    with pytest.raises(InterlockError) as caught, translated("something"):
        raise error("strange\nCaused by: stranger")
    (finding,) = caught.value.findings
    assert finding.code.startswith("IL")
    assert finding.why == "something: strange: stranger"
    assert finding.details
    assert isinstance(caught.value.__cause__, error)


def test_a_panic_becomes_a_finding() -> None:
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
    with pytest.raises(InterlockError) as caught, translated("something"):
        raise panic("called `Result::unwrap()` on an `Err` value")
    (finding,) = caught.value.findings
    assert finding.code == "IL200"
    assert "unwrap" in (finding.why or "")


def test_an_interrupt_passes() -> None:
    with pytest.raises(KeyboardInterrupt), translated():
        raise KeyboardInterrupt


def test_other_exceptions_pass() -> None:
    with pytest.raises(KeyError), translated():
        raise KeyError("x")


@pytest.mark.parametrize(
    ("error", "text", "code"),
    [
        (raised.GatewayError, "Request failed after 3 retries\nCaused by: dns error", "IL203"),
        (raised.GatewayError, "HTTP status client error (404 Not Found) for url", "IL204"),
        (raised.GatewayError, "HTTP status client error (401 Unauthorized) for url", "IL206"),
        (raised.GatewayError, "HTTP status server error (503 Service Unavailable) for url", "IL203"),
        (raised.GatewayError, "expected value at line 1", "IL205"),
        (raised.InstallerError, "failed to fetch x\nCaused by: hash mismatch when extracting", "IL501"),
        (raised.InstallerError, "failed to fetch x\nCaused by: error sending request", "IL203"),
        (raised.InstallerError, "failed to fetch x\nCaused by: Invalid checksum", "IL208"),
        (raised.InstallerError, "failed to fetch x\nCaused by: (os error 2)", "IL207"),
        (raised.InstallerError, "failed to link x\nCaused by: No space left on device (os error 28)", "IL652"),
        (raised.InstallerError, "failed to link x\nCaused by: Permission denied (os error 13)", "IL651"),
        (raised.InstallerError, "failed to link x\nCaused by: odd", "IL653"),
        (raised.GatewayError, "failed to create '/c'\nCaused by: Read-only file system (os error 30)", "IL209"),
        (raised.GatewayError, "failed to write\nCaused by: No space left on device (os error 28)", "IL652"),
        (raised.GatewayError, "error decoding response body\nCaused by: connection reset by peer", "IL203"),
        (raised.GatewayError, "HTTP status client error (429 Too Many Requests) for url", "IL203"),
        (raised.InstallerError, "failed to acquire global cache lock\nCaused by: Permission denied", "IL209"),
        (raised.ShellError, "odd", "IL200"),
    ],
)
def test_the_text_decides_where_the_class_does_not(error: type[Exception], text: str, code: str) -> None:
    finding = finding_of(error(text), where=Location(file="pixi.toml", line=3))
    assert finding.code == code
    assert finding.where == Location(file="pixi.toml", line=3)


def test_addresses_are_named_where_they_help() -> None:
    places = ["https://me:secret@host/c/lib-1-0.conda", "https://host/c/app-1-0.conda"]
    finding = finding_of(raised.InstallerError("failed to fetch lib-1-0.conda\nodd: invalid gzip"), addresses=places)
    assert finding.why == "failed to fetch https://***@host/c/lib-1-0.conda: odd: invalid gzip"
    finding = finding_of(raised.GatewayError("failed to parse repodata.json"), addresses=["https://host/c/"])
    assert finding.why == "failed to parse repodata.json (https://host/c/)"
    finding = finding_of(raised.GatewayError("No space left on device"), addresses=places)
    assert finding.why == "No space left on device"


def test_credentials_are_hidden() -> None:
    text = "see https://me:secret@host/t/tk-123-abc/channel and file:///t/x"
    assert redacted(text) == "see https://***@host/t/***/channel and file:///t/***"
    finding = finding_of(raised.GatewayError(text), text)
    assert "secret" not in repr(finding) + repr(finding.details)
