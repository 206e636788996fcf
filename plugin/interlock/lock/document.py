"""The layout of the lock file: environments first, then each conda record and PyPI package once."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from interlock.core.inside import is_file_name
from interlock.lock.codec import Decoder, Encoder, MalformedError
from interlock.lock.model import LOCK_VERSION, EnvironmentEntry, Lock, LockedPlatform
from interlock_hooks.types import CondaRecord, Index, LockedEnvironment, PyPIPackage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from interlock.lock.codec import Path
    from interlock.lock.portable import Portable

Shared = CondaRecord | PyPIPackage
_IMPLIED = frozenset({"name", "platform"})  # the keys of the tables say it


def to_document(lock: Lock, portable: Portable) -> dict[str, Any]:
    """The lock as one TOML document."""
    plain = Encoder(portable, _refuse)
    conda, conda_labels = _store(_records(lock.answers), plain)
    pypi, pypi_labels = _store(_packages(lock.answers), plain)
    encoder = Encoder(portable, {**conda_labels, **pypi_labels}.__getitem__)
    tables = {entry.name: _entry_table(entry, encoder) for entry in lock.environments}
    document = {"version": lock.version, "environments": tables, "conda": conda, "pypi": pypi}
    return {key: value for key, value in document.items() if value != [] and value != {}}


def from_document(document: dict[str, Any], portable: Portable) -> Lock:
    """The lock of a document of format version 1. Raises :class:`MalformedError`."""
    for key in document:
        if key not in ("version", "environments", "conda", "pypi"):
            raise MalformedError((key,), "unknown key")
    plain = Decoder(portable, {})
    shared = {
        CondaRecord: _load(document.get("conda", []), "conda", partial(_conda, plain)),
        PyPIPackage: _load(document.get("pypi", []), "pypi", partial(plain.table, PyPIPackage)),
    }
    decoder = Decoder(portable, shared)
    tables = _table(document.get("environments", {}), ("environments",))
    entries = tuple(_entry(name, table, decoder) for name, table in tables.items())
    return Lock(version=LOCK_VERSION, environments=entries)


def _entry_table(entry: EnvironmentEntry, encoder: Encoder) -> dict[str, Any]:
    platforms = {}
    for each in entry.platforms:
        table = encoder.table(each.environment, without=_IMPLIED)
        answer = {} if each.answer is None else {"answer": each.answer}
        platforms[each.environment.platform] = {"digest": each.digest, **answer, **table}
    places = {
        "indexes": [encoder.table(index) for index in entry.indexes],
        "find-links": [encoder.portable.pack_url(place) for place in entry.find_links],
    }
    return {**{key: each for key, each in places.items() if each}, "platforms": platforms}


def _entry(name: str, data: Any, decoder: Decoder) -> EnvironmentEntry:
    path = ("environments", name)
    if not is_file_name(name):
        raise MalformedError(path, f"{name!r} cannot be the name of an environment")
    table = _table(data, path)
    for key in table:
        if key not in ("indexes", "find-links", "platforms"):
            raise MalformedError((*path, key), "unknown key")
    indexes = _list(table.get("indexes", []), (*path, "indexes"))
    links = _list(table.get("find-links", []), (*path, "find-links"))
    if not all(isinstance(place, str) for place in links):
        raise MalformedError((*path, "find-links"), "expected a list of strings")
    platforms = _table(table.get("platforms", {}), (*path, "platforms"))
    return EnvironmentEntry(
        name=name,
        indexes=tuple(decoder.table(Index, each, (*path, "indexes", n)) for n, each in enumerate(indexes)),
        find_links=tuple(decoder.portable.unpack_url(place) for place in links),
        platforms=tuple(_platform(name, platform, each, decoder) for platform, each in platforms.items()),
    )


def _platform(name: str, platform: str, data: Any, decoder: Decoder) -> LockedPlatform:
    path = ("environments", name, "platforms", platform)
    table = dict(_table(data, path))
    digest = table.pop("digest", None)
    if not isinstance(digest, str):
        raise MalformedError((*path, "digest"), "the digest of the request is missing")
    answer = table.pop("answer", None)
    if not isinstance(answer, (str, type(None))):
        raise MalformedError((*path, "answer"), "expected a digest")
    environment = decoder.table(LockedEnvironment, table, path, name=name, platform=platform)
    _check_unique(environment.conda.records, (*path, "conda", "records"))
    _check_unique(environment.resolution.packages, (*path, "resolution", "packages"))
    return LockedPlatform(digest=digest, environment=environment, answer=answer)


def _check_unique(items: Sequence[Shared], path: Path) -> None:
    """A merge can leave two versions of a package, of which an environment has room for one."""
    seen: set[str] = set()
    for item in items:
        if item.name in seen:
            raise MalformedError(path, f"{item.name} is there twice")
        seen.add(item.name)


def _records(environments: Sequence[LockedEnvironment]) -> set[Shared]:
    return {record for environment in environments for record in environment.conda.records}


def _packages(environments: Sequence[LockedEnvironment]) -> set[Shared]:
    packages: set[Shared] = {package for environment in environments for package in environment.resolution.packages}
    for environment in environments:
        for plan in environment.plans:
            packages |= {plan.package, *plan.overlay}
    return packages


def _store(items: Iterable[Shared], encoder: Encoder) -> tuple[list[dict[str, Any]], dict[Shared, str]]:
    """The blocks, sorted, and the label of each; what shares a label but differs is told apart by a number."""
    rows = [(_label(item), json.dumps(table := _block(encoder, item)), table, item) for item in items]
    rows.sort(key=lambda row: row[:2])
    seen: dict[str, int] = {}
    labels = {item: _numbered(label, seen) for label, _, _, item in rows}
    return [table for _, _, table, _ in rows], labels


def _block(encoder: Encoder, item: Any) -> dict[str, Any]:
    if isinstance(item, CondaRecord) and item.url.endswith(f"/{item.file_name}"):
        return encoder.table(item, without=frozenset({"file_name"}))
    return encoder.table(item)


def _conda(decoder: Decoder, data: Any, path: Path) -> CondaRecord:
    if isinstance(data, dict) and "file-name" not in data and isinstance(data.get("url"), str):
        return decoder.table(CondaRecord, data, path, file_name=data["url"].rsplit("/", 1)[-1])
    return decoder.table(CondaRecord, data, path)


def _load(blocks: Any, section: str, read: Callable[[Any, Path], Shared]) -> dict[str, Shared]:
    seen: dict[str, int] = {}
    items = (read(data, (section, number)) for number, data in enumerate(_list(blocks, (section,))))
    return {_numbered(_label(item), seen): item for item in items}


def _numbered(label: str, seen: dict[str, int]) -> str:
    seen[label] = seen.get(label, 0) + 1
    return label if seen[label] == 1 else f"{label} #{seen[label]}"


def _label(item: Shared) -> str:
    if isinstance(item, CondaRecord):
        return f"{item.subdir}/{item.file_name}"
    return item.artifact.filename or str(item)


def _table(data: Any, path: Path) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise MalformedError(path, "expected a table")
    return data


def _list(data: Any, path: Path) -> list[Any]:
    if not isinstance(data, list):
        raise MalformedError(path, "expected a list")
    return data


def _refuse(value: Any) -> str:
    raise TypeError(f"{value!r} cannot be part of a block")
