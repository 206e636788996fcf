"""Conda packages that are not taken from a channel: an archive at a URL or path, or sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.files import exists, is_file
from interlock.core.urls import split_url
from interlock.manifest import codes
from interlock.manifest.git_keys import REFERENCES, check_git_keys
from interlock.manifest.urls import absolute, is_url

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.table import Table
    from interlock_hooks.types.findings import Finding

_KINDS = ("path", "git", "url")
_PYTHON_PROJECTS = ("pyproject.toml", "setup.py")
_ARCHIVES = (".conda", ".tar.bz2")
# What chooses a package among those of a channel: with a location it has no meaning.
_OF_CHANNELS = ("channel", "file-name", "license-family")
_OF_PACKAGES = ("version", "build", "build-number", "extras", "flags", "subdir", "license", "when", "track-features")


def read_location(table: Table, name: str) -> str | Finding | None:
    """The URL of a conda archive, why it cannot be had, or ``None`` for a package of a channel.

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
        return _source(table, name, kinds[0], value)
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


def _source(table: Table, name: str, key: str, value: str) -> Finding:
    return table.refusal(
        codes.UNSUPPORTED,
        f"{name!r} is a conda source package, which Interlock does not build",
        key,
        why="Interlock does not support conda packages that are built from source (pixi-build)",
        fix=_instead(name, absolute(value, table.root) if key == "path" else None, value),
    )


def _instead(name: str, folder: Path | None, value: str) -> str:
    """What to write in place of a source package, by what its directory has."""
    if folder is not None and any(is_file(place) for place in (folder, folder / "recipe.yaml")):
        command = f"rattler-build build --recipe {value} --output-dir channel"
        return f"build it with `{command}`, and add './channel' to channels"
    if folder is not None and any(is_file(folder / each) for each in _PYTHON_PROJECTS):
        return f'list it in pypi-dependencies: {name} = {{ path = "{value}", editable = true }}'
    return "use a channel that has a built package, or list it in pypi-dependencies"
