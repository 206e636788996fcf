"""Keys for tests of signatures: those of RFC 8032, 7.1."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from interlock.builds.provenance.signing import Signer


def signer(seed: str) -> Signer:
    """Signs with the key of a seed (hexadecimal)."""
    return Signer(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)))


ALICE_SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
BOB_SEED = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
ALICE, BOB = signer(ALICE_SEED), signer(BOB_SEED)


def key_file(folder: Path, seed: str = ALICE_SEED) -> Path:
    """A key as ``openssl genpkey`` writes it."""
    path = folder / "key.pem"
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path
