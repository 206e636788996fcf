"""The records in ``conda-meta``: plain JSON, read without rattler because `env list` must be quick."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from shutil import rmtree
from typing import TYPE_CHECKING, Any

from interlock.core.inside import Inside
from interlock.core.json import parse_json
from interlock.core.shapes import texts_in
from interlock.engines.rattler.record_json import record_from_json, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import CondaRecord


def installed_records(prefix: Path) -> list[CondaRecord]:
    """The conda packages that are linked into a prefix, by name; unreadable entries are passed over."""
    return sorted((record for _, _, record in _entries(prefix)), key=lambda record: record.name)


def record_identity(record: CondaRecord) -> tuple[str, str, str, str | None]:
    """What makes two records the same package, from whichever channel."""
    return record.name, record.version, record.build, record.sha256 or record.md5


def record_files(prefix: Path) -> dict[str, tuple[str, ...]]:
    """For each installed conda package its files, relative to the prefix."""
    return {record.name: _files(data) for _, data, record in _entries(prefix)}


def record_digests(prefix: Path) -> dict[str, dict[str, str | None]]:
    """For each installed conda package its files, with the SHA-256 of what was linked (hexadecimal) if it is known."""
    return {record.name: _digests(data) for _, data, record in _entries(prefix)}


def rewritten_files(prefix: Path) -> set[str]:
    """The files of installed conda packages that the path of the prefix was written into."""
    return {
        str(each.get("_path"))
        for _, data, _ in _entries(prefix)
        for each in _paths_data(data)
        if each.get("prefix_placeholder")
    }


def incomplete_records(prefix: Path) -> set[str]:
    """The installed conda packages of which a file is missing on disk."""
    # There are tens of thousands of files, and joining paths takes longer than looking.
    return {
        record.name
        for _, data, record in _entries(prefix)
        if not all(os.path.lexists(f"{prefix}/{file}") for file in _files(data))
    }


def drop_unreadable(prefix: Path) -> list[str]:
    """Remove entries of ``conda-meta`` that are not complete JSON, as a crash may leave them; return their names.

    Their packages then count as not installed and are linked again. So do those of entries with files outside of the
    prefix, which no package has: rattler would remove such files with the package.
    """
    inside = Inside(prefix)
    readable = {path for path, data, _ in _entries(prefix) if all(map(inside.holds, _all_files(data)))}
    dropped = [path for path in _paths(prefix) if path not in readable]
    for path in dropped:
        if path.is_dir() and not path.is_symlink():
            rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return [path.name for path in dropped]


def copy_records(prefix: Path, target: Path, wanted: Sequence[CondaRecord]) -> None:
    """Let another prefix say that it has those of the ``wanted`` packages that ``prefix`` has."""
    identities = {record_identity(record) for record in wanted}
    (target / "conda-meta").mkdir(parents=True)
    for path, _, record in _entries(prefix):
        if record_identity(record) in identities:
            (target / "conda-meta" / path.name).write_bytes(path.read_bytes())


def changing_records(prefix: Path, wanted: Sequence[CondaRecord]) -> tuple[list[str], list[str]]:
    """The packages (``name-version-build``) that come if ``wanted`` are to be there, and the files of those that go."""
    here = {record_identity(record): _files(data) for _, data, record in _entries(prefix)}
    identities = {record_identity(record): f"{record.name}-{record.version}-{record.build}" for record in wanted}
    coming = [name for identity, name in identities.items() if identity not in here]
    return coming, [path for identity, files in here.items() if identity not in identities for path in files]


def drop_staged(prefix: Path) -> None:
    """Remove entries that a killed process had not yet given their names."""
    for path in (prefix / "conda-meta").glob("prefix_record_*"):
        path.unlink(missing_ok=True)


def _paths(prefix: Path) -> list[Path]:
    # Other tools keep state of their own there; a package's entry is named name-version-build.json.
    return sorted(path for path in (prefix / "conda-meta").glob("*.json") if path.stem.count("-") >= 2)


def _entries(prefix: Path) -> Iterator[tuple[Path, dict[str, Any], CondaRecord]]:
    for path in _paths(prefix):
        try:
            seen = path.stat()
            data, record = _entry(path, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino)
        except (OSError, ValueError):
            continue
        yield path, data, record


@lru_cache(maxsize=4096)  # an install looks at them half a dozen times, and those of a large environment have 10 MB
def _entry(path: Path, *_state: int) -> tuple[dict[str, Any], CondaRecord]:
    data = parse_json(path.read_bytes())
    return data, record_from_json(data)


def _files(data: dict[str, Any]) -> tuple[str, ...]:
    return texts_in(data.get("files"))


def _all_files(data: dict[str, Any]) -> Iterator[str]:
    """Every file that an entry names, however odd the entry is."""
    yield from _files(data)
    for each in _paths_data(data):
        yield str(each.get("_path"))


def _digests(data: dict[str, Any]) -> dict[str, str | None]:
    entries = _paths_data(data)
    # Where the prefix was written into a file, the digest of the package is not that of the file.
    known = {
        str(each.get("_path")): text_of(each.get("sha256_in_prefix")) or text_of(each.get("sha256")) for each in entries
    }
    return {file: known.get(file) for file in _files(data)}


def _paths_data(data: dict[str, Any]) -> list[dict[str, Any]]:
    told = data.get("paths_data")
    paths = told.get("paths") if isinstance(told, dict) else None
    return [each for each in paths if isinstance(each, dict)] if isinstance(paths, list) else []
