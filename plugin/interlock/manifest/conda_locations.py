"""Conda packages that are not taken from a channel: an archive at a URL or path, or sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.files import exists
from interlock.core.urls import split_url
from interlock.manifest import codes
from interlock.manifest.conda_sources import read_source
from interlock.manifest.git_keys import REFERENCES, check_git_keys
from interlock.manifest.urls import absolute, is_url

if TYPE_CHECKING:
    from interlock.manifest.table import Table
    from interlock_hooks.types.conda import CondaSource
    from interlock_hooks.types.findings import Finding

_KINDS = ("path", "git", "url")
_ARCHIVES = (".conda", ".tar.bz2")
# What chooses a package among those of a channel: with a location it has no meaning.
_OF_CHANNELS = ("channel", "file-name", "license-family")
_OF_PACKAGES = ("version", "build", "build-number", "extras", "flags", "subdir", "license", "when", "track-features")


def read_location(table: Table, name: str) -> str | CondaSource | Finding | None:
    """The URL of a conda archive, the source of a package, why it cannot be had, or ``None`` for one of a channel.

    Reports IL116 for keys that contradict each other, and IL110 for an address that is not one.
    """
    kinds = check_location(table)
    if not kinds:
        return None
    value = table.string(kinds[0])
    if value is None:
        return None
    if kinds[0] == "url" and not is_url(value):
        table.error(codes.BAD_SPEC, f"{value!r} is not a URL", "url", fix="write a local file as { path = … }")
        return None
    if kinds[0] == "git" or not _is_archive(value, kinds[0]):
        return read_source(table, name, kinds[0], value)
    _exclude(table, kinds[0], _OF_PACKAGES)
    return value if kinds[0] == "url" else _local(table, value)


def check_location(table: Table) -> list[str]:
    """Report keys that contradict each other; answers which of ``path``, ``git`` and ``url`` there are."""
    kinds = [key for key in _KINDS if key in table]
    table.ignore("package", "subdirectory", *REFERENCES)
    check_git_keys(table)
    if len(kinds) > 1:
        both = " and ".join(repr(key) for key in kinds)
        table.error(codes.CONFLICT, f"{both} both say where the package comes from", kinds[1], fix="keep one of them")
    if kinds:
        _exclude(table, kinds[0], _OF_CHANNELS if kinds[0] == "url" else (*_OF_CHANNELS, "md5", "sha256"))
    return kinds


def _exclude(table: Table, kind: str, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in table:
            what = f"{key!r} cannot stand beside {kind!r}, which already says which package it is"
            table.error(codes.CONFLICT, what, key, fix=f"remove {key!r}")


def _is_archive(value: str, kind: str) -> bool:
    return (split_url(value).path if kind == "url" else value).endswith(_ARCHIVES)


def _local(table: Table, path: str) -> str | Finding:
    found = absolute(path, table.root)
    return found.as_uri() if exists(found) else table.missing_path(path, found, "path")
