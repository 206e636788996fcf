"""Files that several packages own: they stay as long as one of their owners does.

uv and rattler remove every file of a package that goes, whoever else recorded it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.engines.ownership import Claim, agree
from interlock.engines.python.distributions import record_digest

if TYPE_CHECKING:
    from pathlib import Path


@contextmanager
def kept_files(prefix: Path, leaving: Iterable[Claim], staying: Sequence[Claim]) -> Iterator[list[Claim]]:
    """Within the block, files of ``leaving`` may be removed; those that ``staying`` own as well are put back after it.

    The list holds, after the block, the owners among ``staying`` that miss a file nonetheless: what lay there before
    was not theirs, and they have to be installed again. A block that raises leaves as much as one that does not.
    """
    going = {path for claim in leaving for path in claim.files}
    shared = [(claim, claim.files.keys() & going) for claim in staying]
    kept = [
        file
        for path in sorted({path for _, paths in shared for path in paths})
        if (file := _Kept.read(prefix, path)) is not None and any(_belongs(file, claim) for claim in staying)
    ]
    incomplete: list[Claim] = []
    try:
        yield incomplete
    finally:
        # Also when the user interrupts it.
        _put_back(kept)
    incomplete += [claim for claim, paths in shared if not all(os.path.lexists(prefix / path) for path in paths)]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file as it was: its content and permissions, and the target if it was a link."""

    path: str
    place: Path
    content: bytes
    mode: int
    target: Path | None

    @classmethod
    def read(cls, prefix: Path, path: str) -> _Kept | None:
        place = prefix / path
        try:
            target = place.readlink() if place.is_symlink() else None
            return cls(path, place, place.read_bytes(), place.stat().st_mode, target)
        except OSError:
            return None

    def put_back(self) -> None:
        self.place.parent.mkdir(parents=True, exist_ok=True)
        if self.target is not None:
            self.place.symlink_to(self.target)
            return
        self.place.write_bytes(self.content)
        self.place.chmod(self.mode)


def _belongs(file: _Kept, claim: Claim) -> bool:
    """Whether a file is the one that an owner brought, or one that does the same for it."""
    digest = claim.files.get(file.path)
    return digest is not None and agree(file.path, record_digest(hashlib.sha256(file.content).digest()), digest)


def _put_back(kept: Iterable[_Kept]) -> None:
    for file in kept:
        if not os.path.lexists(file.place):
            file.put_back()
