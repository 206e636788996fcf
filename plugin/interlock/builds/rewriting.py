"""A wheel written anew with some of its files changed or moved; ``RECORD`` says so (PEP 427)."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from typing import TYPE_CHECKING

from interlock.core.archives import open_zip
from interlock.core.files import hash_of
from interlock.engines.python.distributions import record_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def rewrite(wheel: Path, target: Path, changed: Mapping[str, Path], *, moved: Callable[[str], str] = str) -> None:
    """Write ``wheel`` to ``target`` with the content of other files for the members in ``changed``.

    ``moved`` gives the new path of a member. Permissions and times stay. Raises :class:`ValueError`,
    :class:`zipfile.BadZipFile` and :class:`OSError`.
    """
    with open_zip(wheel) as source, zipfile.ZipFile(target, "w") as made:
        record = the_info(source) + "/RECORD"
        for member in source.infolist():
            if member.filename == record:
                continue
            new = _member(member, moved(member.filename))
            if member.filename in changed:
                new.file_size = changed[member.filename].stat().st_size
            with made.open(new, "w") as copy, _opened(source, member, changed) as content:
                shutil.copyfileobj(content, copy, 1 << 20)
        lines = csv.reader(io.StringIO(source.read(record).decode()))
        rows = [[moved(row[0]), *_described(changed.get(row[0]), row[1:])] for row in lines if row]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        made.writestr(_member(source.getinfo(record), moved(record)), text.getvalue())


def the_info(archive: zipfile.ZipFile) -> str:
    """The name of a wheel's ``.dist-info`` directory. Raises :class:`ValueError` when there is not one of them."""
    found = {name.partition("/")[0] for name in archive.namelist() if name.endswith(".dist-info/METADATA")}
    if len(found) != 1:
        raise ValueError(f"it has {len(found)} METADATA files")
    return found.pop()


def _opened(source: zipfile.ZipFile, member: zipfile.ZipInfo, changed: Mapping[str, Path]) -> io.BufferedIOBase:
    file = changed.get(member.filename)
    return source.open(member) if file is None else file.open("rb")  # type: ignore[return-value]


def _member(member: zipfile.ZipInfo, path: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(path, member.date_time)
    made.external_attr, made.create_system = member.external_attr, member.create_system
    made.compress_type, made.file_size = member.compress_type, member.file_size
    return made


def _described(file: Path | None, known: list[str]) -> list[str]:
    """Hash and size of a file, as RECORD has them."""
    if file is None:
        return known
    return [record_digest(hash_of(file, "sha256")), str(file.stat().st_size)]
