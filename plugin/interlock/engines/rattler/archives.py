"""Checking local package archives against the hashes in the lock.

rattler compares hashes of what it downloads, but takes archives from ``file:`` channels as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from interlock.core.files import hash_of
from interlock.core.urls import local_path
from interlock.engines.rattler.findings import archive_changed
from interlock_hooks.types import CondaRecord, Finding, InterlockError


def check_local_archives(records: Iterable[CondaRecord]) -> None:
    """Compare the archives of records with ``file:`` URLs with their hashes.

    A file that is gone is left to rattler, which may have its content in the package cache. Raises
    :class:`InterlockError` (IL501) that names every archive that differs.
    """
    local = [record for record in records if record.url.startswith("file:") and (record.sha256 or record.md5)]
    # Hashing releases the interpreter's lock.
    with ThreadPoolExecutor() as executor:
        findings = [finding for finding in executor.map(_check, local) if finding is not None]
    if findings:
        raise InterlockError(*findings)


def _check(record: CondaRecord) -> Finding | None:
    path = local_path(record.url)
    algorithm, wanted = ("sha256", record.sha256) if record.sha256 else ("md5", record.md5)
    try:
        found = hash_of(path, algorithm).hex()
    except OSError:
        return None
    if found == wanted:
        return None
    return archive_changed(record, path, algorithm, found, wanted)
