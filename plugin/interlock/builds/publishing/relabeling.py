"""A wheel with a local version of its own: the same files, under another version (PEP 427, PEP 440)."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import zipfile
from typing import TYPE_CHECKING

from packaging.utils import parse_wheel_filename
from packaging.version import Version

from interlock.core.archives import open_zip

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = re.compile(rb"^Version:[^\n]*", re.MULTILINE | re.IGNORECASE)


def relabeled(wheel: Path, label: str, folder: Path) -> Path:
    """The wheel in ``folder``, with ``label`` behind what its version has as a local part.

    Raises :class:`ValueError`, :class:`zipfile.BadZipFile` and :class:`OSError`.
    """
    old = parse_wheel_filename(wheel.name)[1]
    version = Version(f"{old.public}+{f'{old.local}.' if old.local else ''}{label}") if label else old
    name, _, rest = wheel.name.split("-", 2)
    target = folder / f"{name}-{version}-{rest}"
    with open_zip(wheel) as source, zipfile.ZipFile(target, "w") as made:
        stem = _stem(source)
        renamed = f"{stem.partition('-')[0]}-{version}"
        record = f"{stem}.dist-info/RECORD"
        changed: dict[str, bytes] = {}
        for member in source.infolist():
            if member.filename == record:
                continue
            path, data = _moved(member.filename, stem, renamed), source.read(member)
            if member.filename == f"{stem}.dist-info/METADATA":
                data = changed[path] = _VERSION.sub(f"Version: {version}".encode(), data, count=1)
            made.writestr(_member(member, path), data, compress_type=member.compress_type)
        lines = csv.reader(io.StringIO(source.read(record).decode()))
        rows = [_row(line, stem, renamed, changed) for line in lines if line]
        made.writestr(_member(source.getinfo(record), _moved(record, stem, renamed)), _text(rows))
    return target


def _stem(archive: zipfile.ZipFile) -> str:
    """The name of its ``.dist-info`` directory, without that ending."""
    found = {name.partition("/")[0] for name in archive.namelist() if name.endswith(".dist-info/METADATA")}
    if len(found) != 1:
        raise ValueError(f"it has {len(found)} METADATA files")
    return found.pop().removesuffix(".dist-info")


def _moved(path: str, stem: str, renamed: str) -> str:
    for end in (".dist-info/", ".data/"):
        if path.startswith(stem + end):
            return renamed + path.removeprefix(stem)
    return path


def _member(member: zipfile.ZipInfo, path: str) -> zipfile.ZipInfo:
    """The same entry under another path; permissions and time stay."""
    made = zipfile.ZipInfo(path, member.date_time)
    made.external_attr, made.create_system = member.external_attr, member.create_system
    made.compress_type = member.compress_type
    return made


def _row(row: list[str], stem: str, renamed: str, changed: dict[str, bytes]) -> list[str]:
    path = _moved(row[0], stem, renamed)
    if path not in changed:
        return [path, *row[1:]]
    digest = base64.urlsafe_b64encode(hashlib.sha256(changed[path]).digest()).rstrip(b"=").decode()
    return [path, f"sha256={digest}", str(len(changed[path]))]


def _text(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
