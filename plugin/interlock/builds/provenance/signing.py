"""Signatures over statements: made with the key of this machine, and verified with the keys that one trusts.

Ed25519 over DSSE's pre-authentication encoding. Both work offline, and nobody else has to be asked.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.builds.provenance.envelope import Envelope, decoded, pae
from interlock.builds.provenance.findings import no_cryptography, unusable_key
from interlock.core.signing_keys import key_bytes, key_text
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

VARIABLE = "INTERLOCK_SIGNING_KEY"


class Signer:
    """Signs with a private key; ``key`` is the public one."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.key = key_text(private.public_key().public_bytes_raw())

    def signed(self, envelope: Envelope) -> Envelope:
        """The envelope with a signature."""
        signature = base64.b64encode(self._private.sign(pae(envelope))).decode()
        return {**envelope, "signatures": [*envelope["signatures"], {"keyid": self.key, "sig": signature}]}


def signer_here() -> Signer | None:
    """The signer of this machine: the key in the PEM file that ``$INTERLOCK_SIGNING_KEY`` names, if it is set.

    Raises :class:`InterlockError` (IL469) if it cannot be used: what should be signed is not left unsigned.
    """
    place = os.environ.get(VARIABLE)
    if not place:
        return None
    try:
        # Imported here: only those who sign need it.
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        raise InterlockError(no_cryptography(VARIABLE)) from error
    try:
        private = load_pem_private_key(Path(place).expanduser().read_bytes(), password=None)
    except OSError as error:
        raise InterlockError(unusable_key(VARIABLE, place, error.strerror or str(error))) from error
    except TypeError as error:
        raise InterlockError(unusable_key(VARIABLE, place, "it has a passphrase, which nobody enters")) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InterlockError(unusable_key(VARIABLE, place, "it is not a private key in a PEM file")) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise InterlockError(unusable_key(VARIABLE, place, "it is not an Ed25519 key"))
    return Signer(private)


def signed_by(envelope: Envelope, keys: Sequence[str]) -> str | None:
    """The first of the public keys that has signed an envelope; what a signature says of its key does not count.

    Raises :class:`ValueError` for an envelope that cannot be read, and :class:`ImportError` without cryptography.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    content = pae(envelope)
    signatures = _signatures(envelope)
    for text in keys:
        key = Ed25519PublicKey.from_public_bytes(key_bytes(text))
        for signature in signatures:
            try:
                key.verify(signature, content)
            except InvalidSignature:
                continue
            return text
    return None


def _signatures(envelope: Envelope) -> list[bytes]:
    """Those that can be read: one that cannot takes nothing from the others. Raises :class:`ValueError` if none can."""
    found: list[bytes] = []
    unreadable: ValueError | None = None
    for each in envelope["signatures"]:
        if isinstance(each, dict):
            try:
                found.append(decoded(each.get("sig")))
            except ValueError as error:
                unreadable = error
    if unreadable is not None and not found:
        raise unreadable
    return found
