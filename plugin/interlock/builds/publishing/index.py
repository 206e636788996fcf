"""An index of static files: what installers ask for, as any web server or object store can serve it.

Each project has a page in HTML (PEP 503) and the same in JSON (PEP 691), and each wheel has beside it its metadata (PEP
658) and how it was built (in-toto). Files are never replaced: whoever has locked one relies on its hash.

Any number may publish at once. What a page says of a wheel lies beside the wheel as well, before the page says it, and
whoever writes a page looks afterwards whether it has all that lies there. So the last one who writes it has seen
everything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from packaging.utils import InvalidWheelFilename, NormalizedName, canonicalize_name, parse_wheel_filename

from interlock.builds.provenance.envelope import BESIDE
from interlock.core.archives import open_zip
from interlock.core.files import sha256_of
from interlock.core.json import parse_json
from interlock.engines.python.wheels import metadata_files

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.store.storage import Storage

# What the page says of a wheel, beside it.
_ENTRY = ".json"
# As often as that others can be in the way before a page is left to them.
_ROUNDS = 20
_META = {"api-version": "1.1"}
_PAGE = """<!DOCTYPE html>
<html><head><meta name="pypi:repository-version" content="1.1"></head><body>
{}
</body></html>
"""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a file: ``kept`` is the hash of the one of that name that was there, if there was one."""

    file: Path
    sha256: str
    kept: str | None = None


def add_wheels(storage: Storage, wheels: Mapping[Path, bytes | None]) -> list[Added]:
    """Add wheels to the index in a storage, each with the line that says how it was built; it is made if need be.

    Raises what the storage raises.
    """
    found: list[Added] = []
    projects: dict[NormalizedName, None] = {}
    for wheel in wheels:
        project = canonicalize_name(parse_wheel_filename(wheel.name)[0])
        projects[project] = None
        digest = sha256_of(wheel)
        known = _entries(storage, project).get(wheel.name)
        line = wheels[wheel]
        if line is not None and (known is None or known["hashes"]["sha256"] == digest):
            _vouch(storage, project, f"{wheel.name}{BESIDE}", line)
        if known is None:
            metadata = _metadata(wheel)
            storage.send(wheel, f"{project}/{wheel.name}")
            storage.write(f"{project}/{wheel.name}.metadata", metadata)
            storage.write(f"{project}/{wheel.name}{_ENTRY}", _json(_entry(wheel, digest, metadata)))
        found.append(Added(wheel, digest, None if known is None else str(known["hashes"]["sha256"])))
    for project in projects:
        _settle(storage, partial(_project_pages, storage, project))
    _settle(storage, partial(_root_pages, storage))
    return found


def _settle(storage: Storage, pages: Callable[[], Mapping[str, bytes]]) -> None:
    """Write pages, which come from what lies there, until they are what they have to be."""
    for _ in range(_ROUNDS):
        stale = {path: text for path, text in pages().items() if _read(storage, path) != text}
        if not stale:
            return
        for path, text in stale.items():
            storage.write(path, text)


def _read(storage: Storage, path: str) -> bytes | None:
    try:
        return storage.read(path)
    except FileNotFoundError:
        return None


def _vouch(storage: Storage, project: str, name: str, line: bytes) -> None:
    """Add a line to those that say how a wheel was built, which others may have signed."""
    known = storage.read(f"{project}/{name}").splitlines() if name in storage.names(project) else []
    if line not in known:
        storage.write(f"{project}/{name}", b"\n".join([*known, line, b""]))


def _metadata(wheel: Path) -> bytes:
    with open_zip(wheel) as archive:
        (text,) = metadata_files(archive)
    return text


def _entry(wheel: Path, digest: str, metadata: bytes) -> dict[str, Any]:
    return {
        "filename": wheel.name,
        "url": quote(wheel.name),
        "hashes": {"sha256": digest},
        "size": wheel.stat().st_size,
        "core-metadata": {"sha256": hashlib.sha256(metadata).hexdigest()},
    }


def _entries(storage: Storage, project: str) -> dict[str, dict[str, Any]]:
    """What the index has of a project, by file name; what cannot be understood is as if it were not there."""
    names = set(storage.names(project))
    entries: dict[str, dict[str, Any]] = {}
    with suppress(ValueError, KeyError, TypeError):
        page = _read(storage, f"{project}/index.json") if "index.json" in names else None
        entries |= _understood(parse_json(page)["files"] if page else [])
    for name in sorted(names):
        wheel = name.removesuffix(_ENTRY)
        if wheel.endswith(".whl") and wheel != name and wheel in names and wheel not in entries:
            with suppress(ValueError, KeyError, TypeError):
                entries |= _understood([parse_json(storage.read(f"{project}/{name}"))])
    return entries


def _understood(files: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(each["filename"]): each for each in files if str(each["hashes"]["sha256"])}


def _project_pages(storage: Storage, project: str) -> dict[str, bytes]:
    entries = _entries(storage, project)
    files = [entries[name] for name in sorted(entries)]
    versions = sorted({str(parse_wheel_filename(name)[1]) for name in entries if _is_wheel(name)})
    page = {"meta": _META, "name": project, "versions": versions, "files": files}
    links = [
        f'<a href="{escape(each["url"])}#sha256={each["hashes"]["sha256"]}"'
        f' data-core-metadata="sha256={each["core-metadata"]["sha256"]}">{escape(each["filename"])}</a><br>'
        for each in files
    ]
    html = _PAGE.format("\n".join(links)).encode()
    return {f"{project}/index.json": _json(page), f"{project}/index.html": html}


def _json(data: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(data, indent=1)}\n".encode()


def _is_wheel(name: str) -> bool:
    try:
        parse_wheel_filename(name)
    except InvalidWheelFilename:
        return False
    return True


def _root_pages(storage: Storage) -> dict[str, bytes]:
    projects = [name for name in storage.names("") if "index.json" in storage.names(name)]
    listed = {"meta": _META, "projects": [{"name": name} for name in projects]}
    links = "\n".join(f'<a href="{escape(name)}/">{escape(name)}</a><br>' for name in projects)
    return {"index.json": _json(listed), "index.html": _PAGE.format(links).encode()}
