"""An index of static files: what installers ask for, as any web server or object store can serve it.

Each project has a page in HTML (PEP 503) and the same in JSON (PEP 691), and each wheel has beside it its metadata (PEP
658) and how it was built (in-toto). Files are never replaced: whoever has locked one relies on its hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from interlock.builds.provenance.envelope import BESIDE
from interlock.core.archives import open_zip
from interlock.core.files import sha256_of
from interlock.core.json import parse_json
from interlock.engines.python.wheels import metadata_files

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.store.storage import Storage

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

    Two that add to one project at the same time can lose the entry of one, which adding it again brings back. Raises
    what the storage raises.
    """
    found: list[Added] = []
    for wheel in wheels:
        project = canonicalize_name(parse_wheel_filename(wheel.name)[0])
        entries = _entries(storage, project)
        digest = sha256_of(wheel)
        known = entries.get(wheel.name)
        line = wheels[wheel]
        if line is not None and (known is None or known["hashes"]["sha256"] == digest):
            _vouch(storage, project, f"{wheel.name}{BESIDE}", line)
        if known is None:
            metadata = _metadata(wheel)
            storage.send(wheel, f"{project}/{wheel.name}")
            storage.write(f"{project}/{wheel.name}.metadata", metadata)
            entries[wheel.name] = _entry(wheel, digest, metadata)
            _write_project(storage, project, entries)
        found.append(Added(wheel, digest, None if known is None else str(known["hashes"]["sha256"])))
    _write_root(storage)
    return found


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
    if "index.json" not in storage.names(project):
        return {}
    try:
        files = parse_json(storage.read(f"{project}/index.json"))["files"]
        return {str(each["filename"]): each for each in files if str(each["hashes"]["sha256"])}
    except (ValueError, KeyError, TypeError):
        return {}


def _write_project(storage: Storage, project: str, entries: dict[str, dict[str, Any]]) -> None:
    files = [entries[name] for name in sorted(entries)]
    versions = sorted({str(parse_wheel_filename(name)[1]) for name in entries if _is_wheel(name)})
    page = {"meta": _META, "name": project, "versions": versions, "files": files}
    storage.write(f"{project}/index.json", f"{json.dumps(page, indent=1)}\n".encode())
    links = [
        f'<a href="{escape(each["url"])}#sha256={each["hashes"]["sha256"]}"'
        f' data-core-metadata="sha256={each["core-metadata"]["sha256"]}">{escape(each["filename"])}</a><br>'
        for each in files
    ]
    storage.write(f"{project}/index.html", _PAGE.format("\n".join(links)).encode())


def _is_wheel(name: str) -> bool:
    try:
        parse_wheel_filename(name)
    except InvalidWheelFilename:
        return False
    return True


def _write_root(storage: Storage) -> None:
    projects = [name for name in storage.names("") if "index.json" in storage.names(name)]
    listed = {"meta": _META, "projects": [{"name": name} for name in projects]}
    storage.write("index.json", f"{json.dumps(listed, indent=1)}\n".encode())
    links = "\n".join(f'<a href="{escape(name)}/">{escape(name)}</a><br>' for name in projects)
    storage.write("index.html", _PAGE.format(links).encode())
