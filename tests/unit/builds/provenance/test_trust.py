from __future__ import annotations

import sys
from typing import Any

import pytest

from interlock.builds.provenance.envelope import enclosed
from interlock.builds.provenance.statement import BUILD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE
from interlock.builds.provenance.trust import UntrustedError, trusted
from kit.signing import ALICE, BOB

FILE, SHA256 = "ext-1.0-py3-none-any.whl", "a" * 64
SAID = enclosed(
    {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": FILE, "digest": {"sha256": SHA256}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"package": "ext", "version": "1.0"},
                "internalParameters": {},
                "resolvedDependencies": [],
            },
            "runDetails": {"builder": {"version": {}}, "metadata": {"finishedOn": ""}, "byproducts": []},
        },
    }
)


def test_one_trusted_key_is_enough() -> None:
    found = trusted(ALICE.signed(BOB.signed(SAID)), [ALICE.key], filename=FILE, sha256=SHA256)
    assert (found.package, found.version) == ("ext", "1.0")
    # What cannot be read is beside the point.
    signed = ALICE.signed({**SAID, "signatures": [{"keyid": "x", "sig": "?"}, {"keyid": "y"}]})
    assert trusted(signed, [ALICE.key], filename=FILE, sha256=SHA256) == found


@pytest.mark.parametrize(
    ("envelope", "filename", "sha256", "why"),
    [
        (None, FILE, SHA256, "there is no statement"),
        (SAID, FILE, SHA256, "is not signed"),
        (BOB.signed(SAID), FILE, SHA256, f"signed by {BOB.key}, which is not trusted"),
        (
            {**SAID, "signatures": [{"sig": BOB.signed(SAID)["signatures"][0]["sig"]}]},
            FILE,
            SHA256,
            "an unknown key",
        ),
        ({**SAID, "signatures": [{"keyid": "me\nerror", "sig": "AAAA"}]}, FILE, SHA256, "by an unknown key, which"),
        ({**SAID, "signatures": [{"keyid": ALICE.key, "sig": "AAAA"}]}, FILE, SHA256, "its signature is not valid"),
        ({**ALICE.signed(SAID), "payload": "e30="}, FILE, SHA256, "its signature is not valid"),
        ({**ALICE.signed(SAID), "payload": "?"}, FILE, SHA256, "cannot be read"),
        (ALICE.signed(enclosed({})), FILE, SHA256, "cannot be read"),
        (ALICE.signed(SAID), FILE, "b" * 64, f"another file, with the SHA-256 {SHA256}"),
        (ALICE.signed(SAID), "ext-1.0+cu128-py3-none-any.whl", SHA256, f"about {FILE}"),
    ],
)
def test_the_reason_is_told(envelope: dict[str, Any] | None, filename: str, sha256: str, why: str) -> None:
    with pytest.raises(UntrustedError) as error:
        trusted(envelope, [ALICE.key], filename=filename, sha256=sha256)
    assert why in str(error.value)


def test_without_cryptography_nobody_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(UntrustedError, match=r"interlock\[signing\]"):
        trusted(ALICE.signed(SAID), [ALICE.key], filename=FILE, sha256=SHA256)
