"""Conda records as JSON: the form of repodata and of the files in ``conda-meta`` (no import of rattler)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interlock.core.shapes import texts_in
from interlock.core.urls import split_url
from interlock_hooks.types import CondaRecord

_LIMIT = 2**63


def record_from_json(data: Any) -> CondaRecord:
    """A record from its JSON form; a field of a wrong type counts as one that is not there.

    Raises :class:`ValueError` when a field is missing that every record has.
    """
    if not isinstance(data, Mapping):
        raise ValueError("it is not an object")
    purls = data.get("purls")
    url = _required(data, "url")
    return CondaRecord(
        name=_required(data, "name"),
        version=_required(data, "version"),
        build=_required(data, "build"),
        build_number=_number(data.get("build_number")) or 0,
        subdir=_required(data, "subdir"),
        url=url,
        file_name=text_of(data.get("fn")) or split_url(url).path.rsplit("/", 1)[-1],
        channel=text_of(data.get("channel")) or "",
        sha256=text_of(data.get("sha256")),
        md5=text_of(data.get("md5")),
        size=_number(data.get("size")),
        depends=texts_in(data.get("depends")),
        constrains=texts_in(data.get("constrains")),
        purls=None if purls is None else texts_in(purls),
        noarch=_noarch(data.get("noarch")),
        license=text_of(data.get("license")),
        timestamp=_number(data.get("timestamp")),
        track_features=_features(data.get("track_features")),
        python_site_packages_path=text_of(data.get("python_site_packages_path")),
    )


def text_of(value: object) -> str | None:
    """A string of JSON; ``None`` for anything else."""
    return value if isinstance(value, str) else None


def _required(data: Mapping[str, Any], key: str) -> str:
    value = text_of(data.get(key))
    if value is None:
        raise ValueError(f"it has no {key}")
    return value


def _number(value: object) -> int | None:
    # Rattler has 64 bits for each of them.
    return int(value) if isinstance(value, (int, float)) and 0 <= value < _LIMIT else None


def record_to_json(record: CondaRecord) -> dict[str, Any]:
    """The JSON form of a record; fields without a value are left out."""
    data: dict[str, Any] = {
        "name": record.name,
        "version": record.version,
        "build": record.build,
        "build_number": record.build_number,
        "subdir": record.subdir,
        "url": record.url,
        "fn": record.file_name,
        "channel": record.channel,
        "depends": list(record.depends),
        "constrains": list(record.constrains),
        "sha256": record.sha256,
        "md5": record.md5,
        "size": record.size,
        "purls": None if record.purls is None else list(record.purls),
        "noarch": record.noarch,
        "license": record.license,
        "timestamp": record.timestamp,
        "track_features": " ".join(record.track_features) or None,
        "python_site_packages_path": record.python_site_packages_path,
    }
    return {key: value for key, value in data.items() if value is not None}


def _noarch(value: object) -> str | None:
    # Before the field had two kinds, ``true`` stood for what is now ``generic``.
    if value is True:
        return "generic"
    return value if isinstance(value, str) else None


def _features(value: object) -> tuple[str, ...]:
    # Repodata holds a string of words, some tools a list.
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    return tuple(str(entry) for entry in value) if isinstance(value, list) else ()
