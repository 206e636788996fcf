"""Reading TOML: a document of our own, and what can be understood of another project's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import tomli

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# What reads a document, or writes it as JSON, calls itself for each level. Nobody writes a tenth of this.
_DEEPEST = 100
_LONGEST_NUMBER = 4300  # digits: Python reads no longer ones
_LONG_NUMBER = re.compile(rf"[0-9_]{{{_LONGEST_NUMBER},}}")


def parse_toml(text: str) -> dict[str, Any]:
    """The content of a TOML document.

    Raises :class:`tomli.TOMLDecodeError` for everything that is wrong, and for what TOML allows but Python does not: a
    number of thousands of digits, and tables in tables in tables without an end.
    """
    try:
        data = tomli.loads(text)
    except RecursionError as error:
        raise tomli.TOMLDecodeError("tables or arrays are nested too deeply", text, _deepest(text)) from error
    except tomli.TOMLDecodeError:
        raise
    except ValueError as error:
        number = _LONG_NUMBER.search(text)
        raise tomli.TOMLDecodeError("a number is too long", text, number.start() if number else 0) from error
    if _is_too_deep(data):
        raise tomli.TOMLDecodeError("tables or arrays are nested too deeply", text, _deepest(text))
    return data


def read_tables(path: Path) -> dict[str, dict[str, Any]]:
    """The top-level tables of a TOML file that is not ours; none if there is no such file or it cannot be read."""
    try:
        data = parse_toml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in data.items() if isinstance(value, dict)}


def value_at(data: Any, path: Iterable[str | int]) -> Any:
    """The value at a path of tables and arrays, ``None`` if there is none."""
    try:
        for key in path:
            data = data[key]
    except (KeyError, IndexError, TypeError):
        return None
    return data


def _is_too_deep(data: dict[str, Any]) -> bool:
    level: list[Any] = [data]
    for _ in range(_DEEPEST):
        inner = (item for value in level for item in (value.values() if isinstance(value, dict) else value))
        level = [item for item in inner if isinstance(item, (dict, list))]
        if not level:
            return False
    return True


def _deepest(text: str) -> int:
    """About where a document is nested deepest: where the line with the most brackets or dots begins."""
    lines = text.split("\n")
    chosen = max(range(len(lines)), key=lambda number: sum(map(lines[number].count, "[{.")))
    return sum(len(line) + 1 for line in lines[:chosen])
