"""``trust``: the public keys that have to say how wheels were built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.signing_keys import is_key
from interlock.manifest import codes

if TYPE_CHECKING:
    from interlock.manifest.table import Table


def read_trust(table: Table) -> tuple[str, ...]:
    """The keys in a table; what is none is an error, and so is an array without any, which would trust nobody."""
    keys = []
    for index, text in table.numbered_strings("trust"):
        if is_key(text):
            keys.append(text)
        else:
            what = f"{text!r} is not a public key (Ed25519)"
            fix = "write the line between the first and the last that `openssl pkey -in KEY -pubout` prints"
            table.error(codes.WRONG_VALUE, what, "trust", index, fix=fix)
    if table.raw("trust") == []:
        table.error(codes.WRONG_VALUE, "'trust' has no key", "trust", fix="add a key, or remove it to trust everybody")
    return tuple(keys)
