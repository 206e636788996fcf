"""Maps from conda names to PyPI names that are not in the manifest: conda-forge's published one, and any address."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from packaging.utils import InvalidName, NormalizedName, canonicalize_name

from interlock.core.files import write_atomic
from interlock.core.findings import not_cached
from interlock.core.json import parse_json
from interlock.core.offline import is_offline
from interlock.core.once import once
from interlock.core.paths import cache_dir
from interlock.core.urls import redacted
from interlock.solve.findings import map_malformed, map_stale, map_unreachable
from interlock_hooks.types import Finding, InterlockError, Missing, NameOrigin, NameRule

if TYPE_CHECKING:
    from pathlib import Path

# What parselmouth makes of every package of conda-forge, several times a day; pixi reads the same file.
PUBLISHED = "https://conda-mapping.prefix.dev/compressed-v0/compressed_mapping.json"
_SNAPSHOT = "conda-forge-pypi-map.json.gz"
_NORMAL = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PAUSE_SECONDS = 3600  # before the published map is asked for again


@dataclass(frozen=True)
class KnownMap:
    """PyPI names by conda name, none for a package that supplies none; ``source`` is the address they come from."""

    names: Mapping[str, list[str] | str | None]
    rule: NameRule
    source: str = ""
    finding: Finding | None = field(default=None, compare=False)

    @property
    def origin(self) -> NameOrigin:
        """The rule that an entry of this map is."""
        return NameOrigin(rule=self.rule, source=self.source if self.rule == "map" else "")

    def get(self, conda: str) -> tuple[NormalizedName, ...] | None:
        """The PyPI names of a conda package, ``None`` if the map does not speak of it."""
        if conda not in self.names:
            return None
        return _normalized(self.names[conda])

    def conda_names(self, name: NormalizedName) -> list[str]:
        """The conda packages that supply a distribution."""
        return self._suppliers.get(name, [])

    @cached_property
    def _suppliers(self) -> dict[NormalizedName, list[str]]:
        found: dict[NormalizedName, list[str]] = {}
        for conda in sorted(self.names):
            for name in _normalized(self.names[conda]):
                found.setdefault(name, []).append(conda)
        return found


@once
def conda_forge_map() -> KnownMap:
    """The published map of conda-forge, or the copy that comes with Interlock where it cannot be had.

    It is asked for at most once an hour, whatever comes of it; in between not even the HTTP client is loaded.
    """
    kept = cache_dir() / "names" / "conda-forge.json"
    if not is_offline() and not _is_recent(kept):
        with suppress(OSError):
            _renew(kept)
    try:
        return KnownMap(_parsed(kept.read_bytes(), PUBLISHED), "published", PUBLISHED)
    except (OSError, InterlockError):
        return snapshot()


@once
def snapshot() -> KnownMap:
    """The copy of conda-forge's map that comes with Interlock, of August 2026."""
    from importlib.resources import files

    data = (files("interlock.solve") / "data" / _SNAPSHOT).read_bytes()
    return KnownMap(json.loads(gzip.decompress(data)), "snapshot")


@once
def map_at(url: str) -> KnownMap:
    """The map at an address that the manifest names; ``finding`` tells when it is an old copy.

    Raises :class:`InterlockError`: IL241 when it cannot be downloaded, IL242 when it is not a map.
    """
    return _fetched(url)


def _renew(kept: Path) -> None:
    """Write the published map; the old copy stays if that fails, or gives something else (the page of a gateway)."""
    from interlock.engines.http import HASTY, RequestFailedError
    from interlock.engines.http_cache import fetch

    try:
        content = fetch(PUBLISHED, HASTY).content
        _parsed(content, PUBLISHED)
    except (RequestFailedError, InterlockError):
        content = kept.read_bytes() if kept.is_file() else b""
    write_atomic(kept, content)


def _fetched(url: str) -> KnownMap:
    from interlock.engines.http import RequestFailedError
    from interlock.engines.http_cache import fetch

    shown = redacted(url)
    try:
        found = fetch(url)
    except RequestFailedError as error:
        if is_offline():
            raise InterlockError(not_cached([Missing(kind="name-map", name=shown)])) from error
        raise InterlockError(map_unreachable(shown, str(error))) from error
    stale = None if found.failure is None else map_stale(shown, found.failure)
    return KnownMap(_parsed(found.content, shown), "map", shown, stale)


def _parsed(content: bytes, url: str) -> dict[str, list[str] | str | None]:
    try:
        data: Any = parse_json(content)
    except ValueError as error:
        fix = "use the address of the raw file, not of the page that shows it" if content.lstrip()[:1] == b"<" else ""
        raise InterlockError(map_malformed(url, f"it is not valid JSON: {error}", fix)) from error
    if not isinstance(data, dict):
        raise InterlockError(map_malformed(url, "it is not a JSON object"))
    for conda, names in data.items():
        values = names if isinstance(names, list) else [] if names is None or names is False else [names]
        if not all(isinstance(name, str) for name in values):
            raise InterlockError(
                map_malformed(url, f"{conda!r} has {json.dumps(names)[:80]}, which is not a PyPI name")
            )
    return {conda.lower(): names or None for conda, names in data.items()}


def _normalized(names: list[str] | str | None) -> tuple[NormalizedName, ...]:
    values = [names] if isinstance(names, str) else names or []
    return tuple(name for text in values if (name := _normal(text)) is not None)


def _normal(text: str) -> NormalizedName | None:
    # Nearly all names of the published map, tens of thousands, are in this form.
    if _NORMAL.fullmatch(text):
        return NormalizedName(text)
    try:
        return canonicalize_name(text, validate=True)
    except InvalidName:
        return None


def _is_recent(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < _PAUSE_SECONDS
    except OSError:
        return False
