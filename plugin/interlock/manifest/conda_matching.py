"""The parts of a match spec (CEP 29) as a pixi manifest writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from interlock.manifest import codes

if TYPE_CHECKING:
    from interlock.manifest.table import Table

_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]*\Z")
_CLAUSE = r"(?:(?:==|=|!=|~=|>=|<=|>|<)\s*)?[A-Za-z0-9_*][A-Za-z0-9_.+!*-]*"
_VERSION = re.compile(rf"\s*\(*\s*{_CLAUSE}\s*\)*(?:\s*[,|]\s*\(*\s*{_CLAUSE}\s*\)*)*\s*\Z|\^.*\$\Z")
_BUILD_NUMBER = re.compile(r"\s*(?:(?:==|=|!=|>=|<=|>|<)\s*)?\d+\s*\Z")
_HEX = {"md5": re.compile(r"[0-9a-fA-F]{32}\Z"), "sha256": re.compile(r"[0-9a-fA-F]{64}\Z")}
# The table's keys that mean the same in a match spec, with their names there.
_PLAIN_KEYS = {
    "build": "build",
    "file-name": "fn",
    "subdir": "subdir",
    "license": "license",
    "license-family": "license_family",
}
_LISTS = {"extras": "extras", "flags": "flags", "track-features": "track_features"}


def read_conda_name(table: Table, key: str) -> str | None:
    """The name of a conda package that is a key of a table, in lower case; reports IL110 if it is not one."""
    return read_package_name(table, key, key)


def read_package_name(table: Table, text: str, *keys: str | int) -> str | None:
    """The name of a conda package, in lower case; reports IL110 if it is not one."""
    if _NAME.match(text.lower()):
        return text.lower()
    fix = "put the channel into a table: { version = …, channel = … }" if "::" in text else ""
    table.error(codes.BAD_SPEC, f"{text!r} is not the name of a conda package", *keys, fix=fix)
    return None


def read_version(table: Table, text: str, *keys: str | int) -> str | None:
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


def in_brackets(fields: Mapping[str, str]) -> str:
    """Fields of a match spec as it writes them, after the name; a condition has quotes of its own."""
    quoted = (f'{key}="{value}"' if key == "when" else f"{key}={_quoted(value)}" for key, value in fields.items())
    inside = ",".join(quoted)
    return f"[{inside}]" if inside else ""


def _quoted(value: str) -> str:
    return value if value.startswith("[") else f"'{value}'"


def read_fields(table: Table) -> dict[str, str]:
    """What a table says of a package, by the names that a match spec has for it."""
    found: dict[str, str] = {}
    version = table.string("version")
    if version:
        spec = read_version(table, version, "version")
        if spec not in (None, "*"):
            found["version"] = spec or ""
    number = _build_number(table)
    if number:
        found["build_number"] = number
    for key, name in _PLAIN_KEYS.items():
        value = table.string(key)
        if value and "'" in value:
            table.error(codes.BAD_SPEC, f"{key!r} must not contain a quote", key)
        elif value:
            found[name] = value
    for key, name in _LISTS.items():
        if values := table.strings(key):
            found[name] = f"[{','.join(values)}]"
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
