"""Files on this machine that a request names by path: wheels, archives of sources, and conda packages.

Their content is part of the answer: a file that was replaced under its old name makes a lock outdated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.files import is_file, sha256_of
from interlock.core.pep508 import url_in
from interlock.core.urls import file_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from interlock_hooks.types import CondaRecord, EnvironmentRequest, LockedEnvironment


def named_files(request: EnvironmentRequest, locked: LockedEnvironment) -> tuple[Path, ...]:
    """The files that a request names, as far as they are there and ``locked`` holds them."""
    return tuple(path for path, _ in _known(request, locked))


def replaced_files(request: EnvironmentRequest, locked: LockedEnvironment) -> Iterator[Path]:
    """The files that a request names and that are no longer those that are ``locked``."""
    return (path for path, digest in _known(request, locked) if digest is not None and digest != sha256_of(path))


def not_replaced(request: EnvironmentRequest, records: Sequence[CondaRecord]) -> list[CondaRecord]:
    """Earlier records without those of conda packages that are other files by now, or were built from a source."""
    replaced = {
        record.url for record, path in _archives(request, records) if record.sha256 not in (None, sha256_of(path))
    }
    return [record for record in records if record.url not in replaced and record.built_from is None]


def _known(request: EnvironmentRequest, locked: LockedEnvironment) -> Iterator[tuple[Path, str | None]]:
    """Each named file, with the hash of what is locked."""
    for requirement in request.requirements:
        path = file_path(url_in(requirement.text))
        package = locked.resolution.get(requirement.name)
        if package is not None and path is not None and is_file(path):
            yield path, package.artifact.sha256
    for record, path in _archives(request, locked.conda.records):
        yield path, record.sha256


def _archives(request: EnvironmentRequest, records: Sequence[CondaRecord]) -> Iterator[tuple[CondaRecord, Path]]:
    """The records of conda packages that a request names by path. Those of a local channel are not."""
    texts = [spec.spec for spec in request.conda_specs if "file:" in spec.spec]
    for record in records:
        path = file_path(record.url) if any(record.url in text for text in texts) else None
        if path is not None and is_file(path):
            yield record, path
