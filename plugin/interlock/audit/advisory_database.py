"""Where advisories come from: a copy of the OSV database on this machine, or a server with its API.

A copy is what the database publishes for an ecosystem: a zip archive of JSON files, or a directory with such files. The
API is https://google.github.io/osv.dev/api/: names of advisories for many packages at once, then each advisory.
"""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interlock.audit.findings.advisories import no_advisories_known
from interlock.audit.osv import ECOSYSTEM, Advisory, advisories_on, packages_in
from interlock.core.activity import doing
from interlock.core.urls import is_remote
from interlock.engines.http import RequestFailedError, json_at
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

PUBLIC = "https://api.osv.dev"
_AT_ONCE = 500  # packages in one question; the API takes a thousand
_LARGEST = 16 << 20  # bytes of one advisory; the largest have a few hundred kB

Release = tuple["NormalizedName", str]


def advisories(releases: Sequence[Release], place: str) -> list[Advisory]:
    """What the database at a path or address says of releases.

    Raises :class:`InterlockError` (IL582) where it cannot be asked, or what is there is no such database: that nothing
    is known must not look as if nothing was wrong.
    """
    try:
        records = _asked(releases, place) if is_remote(place) else _read({name for name, _ in releases}, Path(place))
        return [found for name, version in releases for found in advisories_on(records.get(name, ()), name, version)]
    except (RequestFailedError, OSError, ValueError, zipfile.BadZipFile, RecursionError, AttributeError) as error:
        raise InterlockError(no_advisories_known(place, str(error), asked=is_remote(place))) from error


def _read(names: set[NormalizedName], place: Path) -> dict[NormalizedName, list[Mapping[str, Any]]]:
    """The records of a copy that are about packages, by package."""
    found: dict[NormalizedName, list[Mapping[str, Any]]] = defaultdict(list)
    known = 0
    for name, content in _files(place):
        try:
            record = json.loads(content)
            about = packages_in(record)
        except ValueError as error:
            raise ValueError(f"{name} cannot be read: {error}") from error
        known += bool(about)
        for each in about & names:
            found[each].append(record)
    if not known:
        raise ValueError(f"there are no advisories on {ECOSYSTEM} packages in it")
    return found


def _files(place: Path) -> Iterator[tuple[str, bytes]]:
    if place.is_dir():
        for path in sorted(place.rglob("*.json")):
            yield str(path.relative_to(place)), path.read_bytes()
        return
    with zipfile.ZipFile(place) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith(".json"):
                if entry.file_size > _LARGEST:
                    raise ValueError(f"{entry.filename} is too large")
                yield entry.filename, archive.read(entry)


def _asked(releases: Sequence[Release], server: str) -> dict[NormalizedName, list[Mapping[str, Any]]]:
    """What the server has on releases, by package."""
    doing("asking for advisories")
    found: dict[NormalizedName, list[Mapping[str, Any]]] = defaultdict(list)
    records: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(releases), _AT_ONCE):
        for (name, _), ids in _named(releases[start : start + _AT_ONCE], server):
            for each in ids:
                if each not in records:
                    doing(each)
                    records[each] = json_at(f"{server.rstrip('/')}/v1/vulns/{each}")
                if records[each] not in found[name]:
                    found[name].append(records[each])
    return found


def _named(releases: Sequence[Release], server: str) -> Iterator[tuple[Release, list[str]]]:
    """The names of advisories on releases; a long list comes in several pages."""
    tokens: dict[Release, str] = dict.fromkeys(releases, "")
    while tokens:
        asked, further = list(tokens.items()), {}
        answer = json_at(f"{server.rstrip('/')}/v1/querybatch", {"queries": [_query(*each) for each in asked]})
        results = answer.get("results")
        if not isinstance(results, list) or len(results) != len(asked):
            raise ValueError("the server answered something else than it was asked")
        for (release, _), result in zip(asked, results, strict=True):
            yield release, [each["id"] for each in result.get("vulns") or () if _is_name(each.get("id"))]
            if token := result.get("next_page_token"):
                further[release] = str(token)
        tokens = further


def _query(release: Release, token: str) -> dict[str, Any]:
    name, version = release
    query: dict[str, Any] = {"package": {"name": name, "ecosystem": ECOSYSTEM}, "version": version.partition("+")[0]}
    return {**query, "page_token": token} if token else query


def _is_name(text: object) -> bool:
    """Whether this can be the name of an advisory, which becomes part of an address."""
    return isinstance(text, str) and text.replace("-", "").replace("_", "").replace(":", "").replace(".", "").isalnum()
