"""What an unpacked conda package would do to a prefix, looked at before rattler links it.

rattler creates directories outside of the prefix for paths with ``..``, ends the whole process at an absolute one,
breaks off where a package has another name than the channel says, and lets files of packages replace the records in
``conda-meta``.
"""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from interlock.core.field_checks import check_fields_of
from interlock.core.idle import remove_at_once
from interlock.core.inside import Inside, is_file_name, leads_out
from interlock.core.json import parse_json
from interlock.core.shapes import texts_in
from interlock.engines.rattler.findings import unsafe_package, unsafe_record
from interlock.engines.rattler.record_json import text_of
from interlock.engines.rattler.unpacked import folders_named, unpacked_folders
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from interlock_hooks.types import CondaRecord, Finding

# The packages of a prefix, its history, and what Interlock and pixi know of it.
_RECORDS = re.compile(r"conda-meta/(?:[^/]*\.json|history|interlock[^/]*|pixi[^/]*)(?:/.*)?", re.IGNORECASE)
_IDENTITY = ("name", "version", "build")


class UnsafeContentError(Exception):
    """A package must not be linked; the text says why."""


class Admission:
    """Looks at each package between unpacking and linking, and keeps those from rattler that must not be linked.

    Of packages without an architecture, files below the folders in ``moved`` go to those of the prefix that it names.
    """

    def __init__(self, records: Iterable[CondaRecord], prefix: Path, moved: Mapping[str, str]) -> None:
        self._records = {record.name.lower(): record for record in records}
        self._prefix = Inside(prefix)
        self._moved = moved
        self.refused: list[Finding] = []

    def look(self, name: str) -> None:
        """Check the package ``name``, which was unpacked just now, or found unpacked.

        rattler does not hear exceptions here. What it must not link is therefore no longer there for it.
        """
        record = self._records[name.lower()]
        folders = unpacked_folders(record)
        if not folders:
            self.refused.append(unsafe_package(record, "it is not where unpacked packages are, and was not looked at"))
        for folder in folders:
            self._look_into(folder, record)

    def _look_into(self, folder: Path, record: CondaRecord) -> None:
        try:
            check_content(folder, record, self._prefix, self._moved if record.noarch == "python" else {})
        except Exception as error:  # noqa: BLE001 - nobody would hear of any other one
            remove_at_once(folder)
            self.refused.append(unsafe_package(record, str(error)))

    @contextmanager
    def required(self) -> Iterator[None]:
        """Raise :class:`InterlockError` (IL502) if a package was refused within the block, however it ends."""
        try:
            yield
        except InterlockError as error:
            # rattler does not find what it was to link.
            if self.refused:
                raise InterlockError(*self.refused) from error
            raise
        if self.refused:
            raise InterlockError(*self.refused)


def check_names(records: Iterable[CondaRecord]) -> None:
    """Raise :class:`InterlockError` (IL503) for records with texts that would lead out of a cache or a prefix."""
    findings = [found for record in records if (found := _finding_of(record)) is not None]
    if findings:
        raise InterlockError(*findings)


def _finding_of(record: CondaRecord) -> Finding | None:
    try:
        check_fields_of(record)
    except ValueError as error:
        return unsafe_record(record, str(error))
    return None


def check_content(package: Path, record: CondaRecord, prefix: Inside, moved: Mapping[str, str]) -> None:
    """Raise :class:`UnsafeContentError` unless an unpacked package is ``record`` and stays inside of ``prefix``."""
    try:
        _check_identity(parse_json((package / "info" / "index.json").read_bytes()), record)
        entries = [(_at(entry.path, moved), entry.kind) for entry in _entries(package)]
        for command in _commands(package):
            if not is_file_name(command):
                raise UnsafeContentError(f"its command {command!r} cannot be the name of a file")
    except (OSError, ValueError) as error:
        raise UnsafeContentError(f"its metadata cannot be used: {error}") from error
    links = {path for path, kind in entries if kind == "softlink"}
    for path, _ in entries:
        if leads_out(path) or not prefix.holds(path):
            raise UnsafeContentError(f"its file {path!r} would lie outside of the environment")
        if links and (link := _link_on_the_way(path, links)):
            raise UnsafeContentError(f"its file {path!r} would be written through its link {link!r}")
        if _RECORDS.fullmatch(path):
            raise UnsafeContentError(f"its file {path!r} would replace what is recorded of the environment")


def unpacked_paths(names: Iterable[str], site_packages: str | None) -> set[str]:
    """The paths in a prefix of packages that are in the cache, by the names of their records (``name-version-build``).

    Of packages without an architecture, those that Python's are moved to are named as well.
    """
    moved = moved_to(site_packages)
    found: set[str] = set()
    for folder in folders_named(names):
        with suppress(OSError, ValueError, UnsafeContentError):
            for entry in _entries(folder):
                found |= {entry.path, _at(entry.path, moved)}
            found |= {f"bin/{command}" for command in _commands(folder)}
    return found


def unpacked_files(record: CondaRecord, site_packages: str) -> dict[str, str | None] | None:
    """The files that a package will own in a prefix, with their digests (hexadecimal); ``None`` if none is unpacked.

    What the prefix is written into has no digest yet, and commands have an empty one: no other installer makes the same
    scripts. Files of which nothing is known are left out.
    """
    moved = moved_to(site_packages) if record.noarch == "python" else {}
    for folder in unpacked_folders(record):
        with suppress(OSError, ValueError, UnsafeContentError):
            known = [entry for entry in _entries(folder) if entry.digest or entry.rewritten]
            files = {_at(entry.path, moved): None if entry.rewritten else entry.digest for entry in known}
            return files | {f"bin/{command}": "" for command in _commands(folder)}
    return None


def moved_to(site_packages: str | None) -> dict[str, str]:
    """Where the folders of Python packages without an architecture go."""
    return {"site-packages": site_packages, "python-scripts": "bin"} if site_packages else {}


def _at(path: str, moved: Mapping[str, str]) -> str:
    """Where a path of a package will be in the prefix, without empty and ``.`` segments."""
    first, slash, rest = path.partition("/")
    placed = f"{moved[first]}/{rest}" if slash and first in moved else path
    return PurePosixPath(placed).as_posix() if "//" in placed or "./" in placed else placed


def _check_identity(index: Any, record: CondaRecord) -> None:
    if not isinstance(index, dict):
        raise UnsafeContentError("its info/index.json is not an object")
    for key in _IDENTITY:
        said, wanted = index.get(key), getattr(record, key)
        if said != wanted:
            raise UnsafeContentError(f"its info/index.json has the {key} {said!r}, and the channel {wanted!r}")


class _Entry(NamedTuple):
    path: str
    kind: str = ""
    digest: str | None = None
    rewritten: bool = False


def _entries(package: Path) -> Iterator[_Entry]:
    """The files of a package; only their paths are known where packages had no more than a list of them."""
    listing = package / "info" / "paths.json"
    if not listing.exists():
        lines = (package / "info" / "files").read_text(encoding="utf-8").splitlines()
        yield from (_Entry(line) for line in lines if line)
        return
    found = parse_json(listing.read_bytes())
    if not isinstance(found, dict) or not isinstance(found.get("paths"), list):
        raise UnsafeContentError("its info/paths.json has no list of paths")
    for entry in found["paths"]:
        path = text_of(entry.get("_path")) if isinstance(entry, dict) else None
        if path is None:
            raise UnsafeContentError("its info/paths.json has an entry without a path")
        rewritten = bool(entry.get("prefix_placeholder"))
        yield _Entry(path, str(entry.get("path_type")), text_of(entry.get("sha256")), rewritten)


def _commands(package: Path) -> Iterator[str]:
    """The names of the commands that are made when a package is linked (``info/link.json``)."""
    try:
        found = parse_json((package / "info" / "link.json").read_bytes())
    except FileNotFoundError:
        return
    noarch = found.get("noarch") if isinstance(found, dict) else None
    for text in texts_in(noarch.get("entry_points")) if isinstance(noarch, dict) else ():
        yield text.partition("=")[0].strip()


def _link_on_the_way(path: str, links: set[str]) -> str | None:
    end = path.find("/")
    while end != -1:
        if path[:end] in links:
            return path[:end]
        end = path.find("/", end + 1)
    return None
