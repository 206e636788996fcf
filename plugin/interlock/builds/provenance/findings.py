"""Findings about the key of this machine."""

from __future__ import annotations

from interlock_hooks.types import Finding


def no_cryptography(variable: str) -> Finding:
    """IL469: wheels are to be signed, and the package for that is missing."""
    return Finding(
        code="IL469",
        what=f"wheels cannot be signed, as ${variable} asks",
        why="the package cryptography is not installed",
        fix="install `interlock[signing]`, or unset the variable",
    )


def unusable_key(variable: str, place: str, why: str) -> Finding:
    """IL469: wheels are to be signed with a file that is no key."""
    return Finding(
        code="IL469",
        what=f"wheels cannot be signed with {place}, which ${variable} names",
        why=why,
        fix="make a key with `openssl genpkey -algorithm ed25519 -out FILE`, or unset the variable",
    )
