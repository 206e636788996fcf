"""What is published beside a wheel: how it was built, signed with the key of this machine if it has one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from interlock.builds.provenance.envelope import enclosed, signers
from interlock.builds.provenance.statement import renamed
from interlock.core.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from interlock.builds.provenance.signing import Signer
    from interlock.builds.store.entry import Entry


class Vouching:
    """Knows how the wheels of a store were built, by its ``entries``, the last ones first."""

    def __init__(self, entries: Iterable[Entry], signer: Signer | None) -> None:
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            if entry.sha256 and entry.provenance:
                self._entries.setdefault(entry.sha256, entry)
        self._signer = signer

    def line(self, built: Path, published: Path) -> bytes | None:
        """The envelope of a wheel that was made of a built one; ``None`` if nothing is known of how that was built.

        Signatures over the built wheel only hold for itself.
        """
        entry = self._entries.get(sha256_of(built))
        if entry is None or entry.provenance is None or entry.statement is None:
            return None
        sha256 = sha256_of(published)
        same = (entry.filename, entry.sha256) == (published.name, sha256)
        envelope = entry.provenance if same else enclosed(renamed(entry.statement, published.name, sha256))
        if self._signer is not None and self._signer.key not in signers(envelope):
            envelope = self._signer.signed(envelope)
        return json.dumps(envelope, sort_keys=True).encode()
