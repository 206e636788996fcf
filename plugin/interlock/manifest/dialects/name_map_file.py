"""The JSON file of a ``conda-pypi-map``: an object of conda names, each with a PyPI name, an array of them, or null."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packaging.utils import InvalidName, NormalizedName, canonicalize_name

from interlock.core.json import parse_json
from interlock.core.labels import label
from interlock.manifest import codes
from interlock.manifest.table import kind
from interlock_hooks.types.findings import Location

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.table import Table

_SHOWN = 5  # of many malformed entries


@dataclass(frozen=True, slots=True)
class MapFile:
    """A map that was read; nothing of it where it was malformed, which is then reported."""

    names: Mapping[str, tuple[NormalizedName, ...]] = field(default_factory=dict)
    sha256: str | None = None


def read_map_file(path: Path, table: Table, key: str) -> MapFile:
    """The map at ``path``, which ``key`` of ``table`` names; whatever is wrong with it is reported."""
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"the map {label(path)} cannot be read"
        table.error(codes.MISSING_PATH, what, key, why=error.strerror or str(error), fix="correct the path")
        return MapFile()
    try:
        entries = parse_json(data)
    except ValueError as error:
        where = Location(file=label(path), line=getattr(error, "lineno", None))
        fix = "save the raw file, not the page that shows it" if data.lstrip()[:1] == b"<" else "correct the file"
        table.report.error(codes.BAD_MAP, "the map is not valid JSON", where, why=str(error), fix=fix)
        return MapFile()
    if not isinstance(entries, dict):
        where = Location(file=label(path), line=1)
        what = f"the map is not a JSON object but {kind(entries)}"
        table.report.error(codes.BAD_MAP, what, where, fix='write it like {"conda-name": "pypi-name", "other": null}')
        return MapFile()
    names = {conda.lower(): pypi_names(value) for conda, value in entries.items()}
    _report_malformed(path, data.decode(errors="replace"), entries, table)
    valid = {conda: value for conda, value in names.items() if value is not None}
    return MapFile(valid, hashlib.sha256(data).hexdigest())


def pypi_names(value: object) -> tuple[NormalizedName, ...] | None:
    """The names that one value of a map means, ``None`` if it is malformed."""
    if value is None or value is False:
        return ()
    values: list[Any] = value if isinstance(value, list) else [value]
    try:
        return tuple(canonicalize_name(name, validate=True) for name in values)
    except (InvalidName, TypeError):
        return None


def _report_malformed(path: Path, text: str, entries: Mapping[str, Any], table: Table) -> None:
    wrong = [(conda, value) for conda, value in entries.items() if pypi_names(value) is None]
    for conda, value in wrong[:_SHOWN]:
        more = len(wrong) - _SHOWN
        table.report.error(
            codes.BAD_NAMES,
            f"{json.dumps(value)[:80]} is not a valid PyPI package name (PEP 508)",
            Location(file=label(path), line=_line(text, conda), key=conda),
            why=f"{more} more entries of this map are not valid" if more > 0 and conda == wrong[0][0] else "",
            fix="write a name, an array of names, or null",
        )


def _line(text: str, conda: str) -> int | None:
    found = re.search(re.escape(json.dumps(conda, ensure_ascii=False)) + r"\s*:", text)
    return text.count("\n", 0, found.start()) + 1 if found else None
