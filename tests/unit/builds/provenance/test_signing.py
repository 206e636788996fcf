"""Envelopes and signatures, with DSSE's test vectors (github.com/secure-systems-lab/dsse, testvectors)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from interlock.builds.provenance.envelope import PAYLOAD_TYPE, enclosed, pae, statement_in
from interlock.builds.provenance.signing import signed_by, signer_here
from interlock_hooks.types import InterlockError
from kit.signing import ALICE, BOB, key_file

# Payload and its type, and the signature with Alice's key.
STATEMENT = "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ=="
BY_ALICE = "2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA=="
BY_BOB = "c1+67/aT0yqEpwx8PsVY3MLHsj9D0CZ014/Fv/QlG59P+9CobUZ7xECJ/V3USG0Ob9CiE5LjReEZUzNF2l7eBw=="
ACCEPTED = {
    "one signature": (STATEMENT, PAYLOAD_TYPE, BY_ALICE),
    "the other base64": (
        "-_-_Pj8=",
        PAYLOAD_TYPE,
        "P-_KHICeR7tI6S_YyejJTRtrXhcQyQ2LYPaL8h90KjC9qN8HU_svOQ6TuDOT1HIrsGW886DbWNWcCmX5twLrAw==",
    ),
    "the length of a type is in bytes": (
        STATEMENT,
        "application/vnd.exämple+json",
        "xmSk/ug66ysT7ayhkCIjhAq42zgZXSsEWuzUaNL7w2eGAdF/NU6/fRXPtmfN+5DNSAs5/i2lUnHjbbjPsu0tAw==",
    ),
    "no payload": (
        "",
        PAYLOAD_TYPE,
        "gSggCAaTLTYyRH6FIDBem6meyIynsYy8RTHVzwx9tnTb7Bg/1jMWnuVgI/gffqmbsC2VX5/jHfkkDqsj7CDbDg==",
    ),
}


def envelope(payload: str, kind: str, *signatures: str) -> dict[str, object]:
    return {"payload": payload, "payloadType": kind, "signatures": [{"sig": each} for each in signatures]}


@pytest.mark.parametrize("vector", ACCEPTED.values(), ids=ACCEPTED)
def test_published_signatures_are_verified(vector: tuple[str, str, str]) -> None:
    assert signed_by(envelope(*vector), [BOB.key, ALICE.key]) == ALICE.key
    assert signed_by(envelope(*vector), [BOB.key]) is None


def test_what_is_signed_is_what_others_sign() -> None:
    assert pae(envelope("aGVsbG8gd29ybGQ=", "http://example.com/HelloWorld")) == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    made = ALICE.signed(envelope(STATEMENT, PAYLOAD_TYPE))
    assert made["signatures"] == [{"keyid": ALICE.key, "sig": BY_ALICE}]
    both = BOB.signed(made)
    assert both["signatures"][1]["sig"] == BY_BOB
    assert (signed_by(both, [BOB.key]), signed_by(both, [ALICE.key])) == (BOB.key, ALICE.key)


def test_a_signature_covers_type_and_content() -> None:
    assert signed_by(envelope(STATEMENT, "application/vnd.example.other+json", BY_ALICE), [ALICE.key]) is None
    assert signed_by(envelope("e30=", PAYLOAD_TYPE, BY_ALICE), [ALICE.key]) is None
    # What a signature says of its key proves nothing.
    claimed = {**envelope(STATEMENT, PAYLOAD_TYPE), "signatures": [{"keyid": ALICE.key, "sig": BY_BOB}]}
    assert signed_by(claimed, [ALICE.key]) is None


@pytest.mark.parametrize(
    "broken",
    [
        {},
        envelope("?", PAYLOAD_TYPE, BY_ALICE),
        envelope(STATEMENT, PAYLOAD_TYPE, "?"),
        {**envelope(STATEMENT, PAYLOAD_TYPE), "signatures": "all"},
        {**envelope(STATEMENT, PAYLOAD_TYPE), "signatures": [{"keyid": "a"}]},
    ],
)
def test_what_is_no_envelope_is_told_as_that(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"it|base64|padd|digit"):
        signed_by(broken, [ALICE.key])


def test_a_statement_survives_its_envelope() -> None:
    assert statement_in(enclosed({"_type": "x"})) == {"_type": "x"}
    for wrong in (envelope(STATEMENT, "text/plain"), envelope("W10=", PAYLOAD_TYPE)):
        with pytest.raises(ValueError, match="its content is not"):
            statement_in(wrong)


def test_the_key_of_a_machine_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTERLOCK_SIGNING_KEY", raising=False)
    assert signer_here() is None
    monkeypatch.setenv("INTERLOCK_SIGNING_KEY", str(key_file(tmp_path)))
    found = signer_here()
    assert found is not None
    assert found.key == ALICE.key
    locked = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    )
    unfit = {
        "none": (None, "No such file"),
        "text": (b"key", "it is not a private key"),
        "public": (b"-----BEGIN PUBLIC KEY-----\n", "it is not a private key"),
        "locked": (locked, "it has a passphrase"),
    }
    for name, (content, why) in unfit.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        monkeypatch.setenv("INTERLOCK_SIGNING_KEY", str(tmp_path / name))
        with pytest.raises(InterlockError) as error:
            signer_here()
        (finding,) = error.value.findings
        assert (finding.code, finding.why[: len(why)]) == ("IL469", why)
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(InterlockError, match="cannot be signed"):
        signer_here()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_writes_the_same_keys(tmp_path: Path) -> None:
    command = ["openssl", "pkey", "-in", str(key_file(tmp_path)), "-pubout"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode or done.stdout.splitlines()[1:-1] == [ALICE.key]
