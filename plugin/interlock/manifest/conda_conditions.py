"""``when``: the condition under which a conda dependency counts, as the condition of a match spec."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from interlock.manifest import codes
from interlock.manifest.conda_matching import in_brackets, read_fields, read_package_name, read_version

if TYPE_CHECKING:
    from interlock.manifest.table import Table

_KINDS = ("all", "any", "package")
_JOINED = {"all": " and ", "any": " or "}
_PACKAGE = re.compile(r"\s*([A-Za-z0-9_][A-Za-z0-9_.-]*)\s*(.*?)\s*\Z", re.DOTALL)


def read_condition(table: Table, value: object, *keys: str | int) -> str | None:
    """The condition at a key: a package with a version, or a table with ``all``, ``any`` or ``package``.

    Reports IL104, IL105 and IL110 if it is not one.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return _package(table, value, *keys)
    if not isinstance(value, dict):
        table.wrong_type("a package or a table with 'all', 'any' or 'package'", value, *keys)
        return None
    inner = table.at(value, *keys)
    kinds = [kind for kind in _KINDS if kind in inner]
    if len(kinds) != 1:
        inner.error(codes.WRONG_VALUE, "a condition has one of the keys 'all', 'any' and 'package'")
        return None
    return _expanded(inner) if kinds[0] == "package" else _several(inner, kinds[0])


def _package(table: Table, text: str, *keys: str | int) -> str | None:
    found = _PACKAGE.match(text)
    if found is None or "[" in text or "::" in text:
        what = f"{text!r} is not a condition: it names a package, and may have a version"
        fix = 'write it like "__cuda" or "python >=3.12", or as a table: { package = "python", build = "*_cpython" }'
        table.error(codes.BAD_SPEC, what, *keys, fix=fix)
        return None
    name, version = found.groups()
    spec = read_version(table, version or "*", *keys)
    return None if spec is None else f"{name.lower()} {spec}".removesuffix(" *")


def _several(table: Table, kind: str) -> str | None:
    conditions = [read_condition(table, value, kind, index) for index, value in table.elements(kind)]
    table.close()
    if table.data[kind] == []:
        table.error(codes.WRONG_VALUE, f"{kind!r} must list at least one condition", kind)
    texts = [condition for condition in conditions if condition]
    if not texts or len(texts) < len(conditions):
        return None
    return f"({_JOINED[kind].join(texts)})" if len(texts) > 1 else texts[0]


def _expanded(table: Table) -> str | None:
    text = table.string("package")
    name = read_package_name(table, text, "package") if text else None
    fields = read_fields(table)
    table.close()
    return f"{name}{in_brackets(fields)}" if name else None
