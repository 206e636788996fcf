"""Values and keys as TOML text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from interlock.manifest.document import dotted

if TYPE_CHECKING:
    from interlock.manifest.positions import Key

Value = "str | bool | int | list[str] | Mapping[str, Value]"


def toml_value(value: object, *, quote: str = '"') -> str:
    """A value on one line, strings with ``quote`` where they can have it."""
    if isinstance(value, str):
        return _string(value, quote)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{dotted((key,))} = {toml_value(each, quote=quote)}" for key, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(toml_value(each, quote=quote) for each in value)}]"
    return str(value)


def toml_header(path: Key) -> str:
    """The header of a table."""
    return f"[{dotted(path)}]"


def quote_of(text: str) -> str:
    """The quotation mark of a value in a document."""
    return "'" if text.startswith("'") and not text.startswith("'''") else '"'


def _string(value: str, quote: str) -> str:
    if quote == "'" and "'" not in value and value.isprintable():
        return f"'{value}'"
    # JSON's escapes are TOML's as well, except that TOML does not allow a bare DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
