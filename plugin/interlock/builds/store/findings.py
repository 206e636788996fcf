"""Findings about shared wheel stores; none of them stops a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.urls import redacted
from interlock_hooks.types import Finding, Severity, StoreLocation

if TYPE_CHECKING:
    from interlock.builds.store.entry import Entry


def not_installed(location: StoreLocation, error: Exception) -> Finding:
    """IL462: the optional package for this kind of store is missing."""
    return Finding(
        code="IL462",
        what=f"the shared wheel store {redacted(location.url)} needs an optional package",
        why=str(error),
        where=location.where,
        fix="install `interlock[store]`, and for an object store the package that fsspec needs, such as s3fs",
        severity=Severity.WARNING,
    )


def unreadable(location: StoreLocation, error: Exception) -> Finding:
    """IL463: reading from the store failed."""
    return Finding(
        code="IL463",
        what=f"the shared wheel store {redacted(location.url)} cannot be read",
        why=_reason(error),
        where=location.where,
        fix="wheels that this machine does not have are built here; check the address, the network and the credentials",
        severity=Severity.WARNING,
    )


def unwritable(location: StoreLocation, error: Exception) -> Finding:
    """IL464: writing to the store failed."""
    return Finding(
        code="IL464",
        what=f"the shared wheel store {redacted(location.url)} cannot be written",
        why=_reason(error),
        where=location.where,
        fix="wheels stay in the store of this machine; check the permissions, or remove `write`",
        severity=Severity.WARNING,
    )


def damaged(location: StoreLocation, entry: Entry) -> Finding:
    """IL465: a wheel in the store is not the one that its entry describes."""
    return Finding(
        code="IL465",
        what=f"{entry.filename} in the shared wheel store {redacted(location.url)} is damaged and was not used",
        why="the file does not have the hash in its entry",
        where=location.where,
        fix="nothing has to be done, the wheel is built here; if it happens often, check who writes to the store",
        severity=Severity.WARNING,
    )


def unread(location: StoreLocation, path: str, why: str) -> Finding:
    """IL465: an entry of the store is not one that Interlock has written."""
    return Finding(
        code="IL465",
        what=f"an entry of the shared wheel store {redacted(location.url)} was not read",
        why=f"{path}: {why}",
        where=location.where,
        fix="remove that file from the store, and check who writes there",
        severity=Severity.WARNING,
    )


def untrusted(location: StoreLocation, entry: Entry, why: str) -> Finding:
    """IL468: nobody who is trusted says how a wheel in the store was built."""
    return Finding(
        code="IL468",
        what=f"{entry.filename} in the shared wheel store {redacted(location.url)} was not used",
        why=why,
        where=location.where,
        fix="nothing has to be done, the wheel is built here; if its builder is to be trusted, add that key to `trust`",
        severity=Severity.WARNING,
    )


def _reason(error: Exception) -> str:
    # Without the file of the store: it is reported once, however many files were asked for.
    what = (error.strerror or error) if isinstance(error, OSError) else error
    return f"{type(error).__name__}: {what}"
