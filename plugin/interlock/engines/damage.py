"""Whether the files of a prefix are still what packages brought there, by content."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.core.files import hash_of
from interlock.engines.ownership import Claim, agree
from interlock.engines.python.distributions import algorithm_of, record_digest
from interlock_hooks.types import Event, StageProgress

if TYPE_CHECKING:
    from pathlib import Path

# What RECORD may have (PEP 376, PEP 427: SHA-256 or better), and Python always can.
_ALGORITHMS = frozenset({"sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"})


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with the files of one package; the paths are relative to the prefix."""

    owner: Claim
    missing: tuple[str, ...]
    changed: tuple[str, ...]


def find_damage(
    prefix: Path,
    owners: Sequence[Claim],
    *,
    others: Iterable[Claim] = (),
    emit: Callable[[Event], None] = lambda _: None,
) -> list[Damage]:
    """The packages of which files are missing or have other content, in the given order.

    A file that several packages own, those of ``others`` as well, may have the content of any of them. Byte code does
    not count: Python writes it again, and cleaners remove it. Of conda's links only the existence is checked, and of
    files without a recorded digest, or with one of an unknown kind, as well. ``emit`` gets the progress.
    """
    accepted: defaultdict[str, set[str]] = defaultdict(set)
    for owner in (*owners, *others):
        for path, digest in owner.files.items():
            if digest is not None and algorithm_of(digest) in _ALGORITHMS:
                accepted[path].add(digest)
    found = []
    # Hashing releases the interpreter's lock.
    with ThreadPoolExecutor() as executor:
        for number, owner in enumerate(owners):
            emit(StageProgress(stage="files", done=number, total=len(owners), item=owner.label))
            paths = [path for path in owner.files if not path.endswith(".pyc")]
            missing = tuple(path for path in paths if not os.path.lexists(prefix / path))
            gone = frozenset(missing)
            there = [path for path in paths if path in accepted and path not in gone]
            same = executor.map(lambda path: _is_same(prefix / path, path, accepted[path]), there)
            changed = tuple(
                path
                for path, fits in zip(there, same, strict=True)
                if not fits and not (owner.conda and (prefix / path).is_symlink())
            )
            if missing or changed:
                found.append(Damage(owner, missing, changed))
    return found


def _is_same(place: Path, path: str, accepted: Iterable[str]) -> bool:
    try:
        digests = {name: record_digest(hash_of(place, name), name) for name in set(map(algorithm_of, accepted))}
    except OSError:
        return False
    return any(agree(path, digests[algorithm_of(each)], each) for each in accepted)
