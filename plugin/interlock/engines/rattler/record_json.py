"""Conda records as JSON: the form of repodata and of the files in ``conda-meta`` (no import of rattler)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interlock.core.urls import split_url
from interlock_hooks.types import CondaRecord


def record_from_json(data: Mapping[str, Any]) -> CondaRecord:
    """A record from its JSON form. Raises :class:`KeyError` when a field is missing that every record has."""
    purls = data.get("purls")
    return CondaRecord(
        name=data["name"],
        version=data["version"],
        build=data["build"],
        build_number=data["build_number"],
        subdir=data["subdir"],
        url=data["url"],
        file_name=data.get("fn") or split_url(data["url"]).path.rsplit("/", 1)[-1],
        channel=data.get("channel") or "",
        sha256=data.get("sha256"),
        md5=data.get("md5"),
        size=data.get("size"),
        depends=tuple(data.get("depends") or ()),
        constrains=tuple(data.get("constrains") or ()),
        purls=None if purls is None else tuple(purls),
        noarch=_noarch(data.get("noarch")),
        license=data.get("license"),
        timestamp=data.get("timestamp"),
        track_features=_features(data.get("track_features")),
        python_site_packages_path=data.get("python_site_packages_path"),
    )


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
