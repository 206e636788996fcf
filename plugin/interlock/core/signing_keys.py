"""Public keys as they are written in manifests: Ed25519 (RFC 8032), as ``openssl pkey -pubout`` prints them."""

from __future__ import annotations

import base64

# What comes before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410, 4).
_HEAD = bytes.fromhex("302a300506032b6570032100")
_LENGTH = 32


def key_bytes(text: str) -> bytes:
    """The 32 bytes of a key, the line between the first and the last of its PEM file. Raises :class:`ValueError`."""
    data = base64.b64decode(text, validate=True)
    if not data.startswith(_HEAD) or len(data) != len(_HEAD) + _LENGTH:
        raise ValueError("it is not an Ed25519 key")
    return data[len(_HEAD) :]


def is_key(text: str) -> bool:
    """Whether a text is such a key."""
    try:
        return bool(key_bytes(text))
    except ValueError:
        return False


def key_text(data: bytes) -> str:
    """How the key with these 32 bytes is written."""
    return base64.b64encode(_HEAD + data).decode()
