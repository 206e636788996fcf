"""Conda dependencies of a pixi manifest as match specs (CEP 29)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from interlock.manifest import codes
from interlock.manifest.channels import read_channel
from interlock.manifest.refused import RefusedSpec
from interlock.manifest.urls import is_url
from interlock_hooks.types.conda import CondaSpec
from interlock_hooks.types.findings import Finding

if TYPE_CHECKING:
    from interlock.manifest.table import Table

_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]*\Z")
_CLAUSE = r"(?:(?:==|=|!=|~=|>=|<=|>|<)\s*)?[A-Za-z0-9_*][A-Za-z0-9_.+!*-]*"
_VERSION = re.compile(rf"\s*\(*\s*{_CLAUSE}\s*\)*(?:\s*[,|]\s*\(*\s*{_CLAUSE}\s*\)*)*\s*\Z|\^.*\$\Z")
_BUILD_NUMBER = re.compile(r"\s*(?:(?:==|=|!=|>=|<=|>|<)\s*)?\d+\s*\Z")
_HEX = {"md5": re.compile(r"[0-9a-fA-F]{32}\Z"), "sha256": re.compile(r"[0-9a-fA-F]{64}\Z")}
# The table's keys that mean the same in a match spec, with their names there.
_PLAIN_KEYS = {"build": "build", "file-name": "fn", "subdir": "subdir", "license": "license", "url": "url"}
_SOURCE_KEYS = ("path", "git", "rev", "branch", "tag", "subdirectory", "workspace")


def read_specs(table: Table | None) -> dict[str, CondaSpec]:
    """The match spec of each package that a dependency table names."""
    if table is None:
        return {}
    specs: dict[str, CondaSpec] = {}
    for key in table.entries():
        name = key.lower()
        spec = _read_spec(table, key)
        if spec and name in specs:
            table.error(codes.CONFLICT, f"{name!r} is listed twice in one table", key, fix="keep one of the two")
        elif isinstance(spec, Finding):
            specs[name] = RefusedSpec(spec=name, where=table.where(key), finding=spec)
        elif spec:
            specs[name] = CondaSpec(spec=spec, where=table.where(key))
    return specs


def read_conda_name(table: Table, key: str) -> str | None:
    """The name of a conda package that is a key of a table, in lower case; reports IL110 if it is not one."""
    name = key.lower()
    if _NAME.match(name):
        return name
    fix = "put the channel into a table: { version = …, channel = … }" if "::" in key else ""
    table.error(codes.BAD_SPEC, f"{key!r} is not the name of a conda package", key, fix=fix)
    return None


def _read_spec(table: Table, key: str) -> str | Finding | None:
    """The match spec, or why there can be none; ``None`` if it is wrong."""
    name = read_conda_name(table, key)
    if name is None:
        return None
    value = table.raw(key)
    if isinstance(value, dict):
        return _from_table(table.at(value, key), name)
    if not isinstance(value, str):
        table.wrong_type("a version string or a table", value, key)
        return None
    version = _version(table, value, key)
    if version is None:
        return None
    return f"{name} {version}" if version != "*" else name


def _version(table: Table, text: str, *keys: str) -> str | None:
    """A version spec without blanks; reports IL110 if it is none."""
    if _VERSION.match(text):
        return re.sub(r"\s", "", text)
    words = text.split()
    looks_like_build = len(words) == 2 and all(_VERSION.match(word) for word in words)
    fix = (
        f'write {{ version = "{words[0]}", build = "{words[1]}" }}'
        if looks_like_build
        else "write it like '3.12.*', '>=2,<3' or '*'"
    )
    table.error(codes.BAD_SPEC, f"{text!r} is not a conda version specification", *keys, fix=fix)
    return None


def _from_table(table: Table, name: str) -> str | Finding:
    if any(key in table for key in _SOURCE_KEYS):
        key = next(key for key in _SOURCE_KEYS if key in table)
        return table.refusal(
            codes.UNSUPPORTED,
            f"{name!r} is a conda source package, which Interlock does not build",
            key,
            why="Interlock does not support conda packages that are built from source (pixi-build)",
            fix="use a channel that has a built package, or list it in pypi-dependencies",
        )
    brackets = _brackets(table)
    named = table.string("channel")
    channel = read_channel(table, named, "channel") if named else None
    table.close()
    prefix = f"{channel}::" if channel else ""
    inside = ",".join(f"{key}='{value}'" for key, value in brackets.items())
    return f"{prefix}{name}[{inside}]" if inside else f"{prefix}{name}"


def _brackets(table: Table) -> Mapping[str, str]:
    found: dict[str, str] = {}
    version = table.string("version")
    if version:
        spec = _version(table, version, "version")
        if spec not in (None, "*"):
            found["version"] = spec or ""
    number = _build_number(table)
    if number:
        found["build_number"] = number
    for key, name in _PLAIN_KEYS.items():
        value = table.string(key)
        if value and "'" in value:
            table.error(codes.BAD_SPEC, f"{key!r} must not contain a quote", key)
        elif value and key == "url" and not is_url(value):
            table.error(codes.BAD_SPEC, f"{value!r} is not a URL", key)
        elif value:
            found[name] = value
    for key, pattern in _HEX.items():
        value = table.string(key)
        if value and not pattern.match(value):
            table.error(codes.BAD_SPEC, f"{value!r} is not a hexadecimal {key} digest", key)
        elif value:
            found[key] = value.lower()
    return found


def _build_number(table: Table) -> str | None:
    value = table.raw("build-number")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        table.wrong_type("a number or a string such as '>=1'", value, "build-number")
        return None
    if not _BUILD_NUMBER.match(str(value)):
        table.error(codes.BAD_SPEC, f"{value!r} is not a build number", "build-number", fix="write 1 or '>=1'")
        return None
    return re.sub(r"\s", "", str(value))
