"""Statements in signed envelopes: DSSE, as in-toto's tools write and read them.

https://github.com/secure-systems-lab/dsse: the envelope holds the bytes that are signed, together with their type.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from interlock.core.json import parse_json

if TYPE_CHECKING:
    from interlock.builds.provenance.statement import Statement

PAYLOAD_TYPE = "application/vnd.in-toto+json"
# What is behind the name of a file in the name of the one that says how it was built, an envelope a line.
BESIDE = ".intoto.jsonl"
# Bytes of a file with envelopes. One of an environment with a thousand packages has 400 KB.
LARGEST = 8 << 20

Envelope = dict[str, Any]


def enclosed(statement: Statement) -> Envelope:
    """A statement in an envelope without any signature."""
    payload = json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()
    return {"payload": base64.b64encode(payload).decode(), "payloadType": PAYLOAD_TYPE, "signatures": []}


def statement_in(envelope: Envelope) -> Statement:
    """The statement in an envelope, whoever signed it. Raises :class:`ValueError` for anything else."""
    if envelope.get("payloadType") != PAYLOAD_TYPE:
        raise ValueError(f"its content is not {PAYLOAD_TYPE}")
    statement = parse_json(decoded(envelope.get("payload")))
    if not isinstance(statement, dict):
        raise ValueError("its content is not a statement")
    return statement


def pae(envelope: Envelope) -> bytes:
    """The bytes that are signed: type and payload, each with its length. Raises :class:`ValueError`."""
    kind, payload = envelope.get("payloadType"), decoded(envelope.get("payload"))
    if not isinstance(kind, str) or not isinstance(envelope.get("signatures"), list):
        raise ValueError("it is not an envelope")
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def signers(envelope: Envelope) -> tuple[str, ...]:
    """The keys that the signatures name, which proves nothing; an empty text where one names none."""
    signatures = envelope.get("signatures")
    found = signatures if isinstance(signatures, list) else []
    return tuple(str(each.get("keyid", "")) for each in found if isinstance(each, dict))


def decoded(text: object) -> bytes:
    """The bytes in base64, of either alphabet. Raises :class:`ValueError`."""
    if not isinstance(text, str):
        raise ValueError("it has no base64 where that belongs")
    return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
