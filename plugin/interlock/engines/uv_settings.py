"""Where uv looks for packages, as the content of a ``uv.toml``. It may have passwords."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from interlock.core.urls import scheme_of
from interlock.engines.logins import login_urls, with_login
from interlock_hooks.types import UNLIMITED, Index, PyPIOptions

# Many servers say nothing about caching, and uv would download their files again for each install.
_LONG = "max-age=315360000"


def source_settings(options: PyPIOptions, indexes: Iterable[Index], root: str) -> dict[str, Any]:
    """The ``indexes``, and what else ``options`` say of where packages come from; paths are relative to ``root``."""
    settings: dict[str, Any] = {"index": [index_entry(index, root) for index in indexes]}
    if options.find_links:
        settings["find-links"] = [local_place(place, root) for place in options.find_links]
    if options.index_strategy is not None:
        settings["index-strategy"] = options.index_strategy
    if options.exclude_newer is not None:
        settings["exclude-newer"] = options.exclude_newer
    if options.exclude_newer_package:
        settings["exclude-newer-package"] = {name: _limit(text) for name, text in options.exclude_newer_package}
    return settings


def file_settings(lock: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by which uv takes the files of a lock from its cache where that has them with the right hash.

    They have the credentials for the servers of files. Nothing is looked for in any of these indexes.
    """
    indexes = [
        {"name": f"sha256-{number}", "url": entry["index"], "explicit": True, "cache-control": {"files": _LONG}}
        for number, entry in enumerate(lock["packages"])
        if "index" in entry
    ]
    logins = [{"name": f"login-{number}", "url": url, "explicit": True} for number, url in enumerate(login_urls())]
    return {"index": [*indexes, *logins]}


def index_entry(index: Index, root: str) -> dict[str, Any]:
    """An index as uv's ``[[index]]`` table."""
    entry: dict[str, Any] = {"url": local_place(with_login(index), root)}
    if index.name is not None:
        entry["name"] = index.name
    if index.default:
        entry["default"] = True
    if index.explicit:
        entry["explicit"] = True
    if index.format != "simple":
        entry["format"] = index.format
    if index.exclude_newer is not None:
        entry["exclude-newer"] = _limit(index.exclude_newer)
    if index.ignore_error_codes is not None:
        entry["ignore-error-codes"] = list(index.ignore_error_codes)
    return entry


def local_place(place: str, root: str) -> str:
    """A path relative to the manifest as an absolute one; URLs stay as they are."""
    return place if scheme_of(place) else str(Path(root, Path(place).expanduser()))


def _limit(text: str) -> str | bool:
    return False if text == UNLIMITED else text
