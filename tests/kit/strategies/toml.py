"""Data as TOML, in each of the ways in which TOML can say the same, and values that only TOML has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timezone
from typing import Any

import tomli_w
from hypothesis import strategies as st

from kit.strategies import words
from kit.strategies.damage import spoilt

_NUMBERS = (
    0,
    1,
    -1,
    2,
    20,
    2**31,
    2**63,
    2**64,
    -(2**63),
    10**30,
    10**400,
    0.0,
    -0.0,
    1.5,
    1e308,
    float("inf"),
    float("nan"),
)
_TIMES = (
    date(2026, 1, 31),
    date(1, 1, 1),
    time(7, 32),
    datetime(2026, 1, 31, 0, 0, 0),  # noqa: DTZ001 - TOML has times without a zone
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone.utc),
)
scalars = words.texts | st.booleans() | st.sampled_from(_NUMBERS) | st.sampled_from(_TIMES)
keys = words.names | words.odd_texts | words.platforms
values = scalars | st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)
# What is put anywhere into the text: syntax, and what breaks readers that recurse or convert.
PIECES = (
    *(
        "[",
        "]",
        "{",
        "}",
        "=",
        ",",
        ".",
        '"',
        "'",
        "'''",
        '"""',
        "#",
        "\\",
        "\n",
        "\r",
        "\0",
        "[[",
        "a = 1\n",
        "a.b.c = 1\n",
    ),
    *("[a]\n", "[[a]]\n", "[tool.uv]\n", "[project]\n", '"" = 1\n', "<<<<<<< ours\n", ">>>>>>> theirs\n", "a = 0x_\n"),
    *(
        "[" * 3000,
        "a = " + "[" * 3000,
        "a = " + "{a=" * 3000,
        "\na = " + "[" * 90 + "]" * 90 + "\n",
        "\na = " + "1" * 5000 + "\n",
    ),
    *("\n[" + "a." * 3000 + "a]\n", "\n" + "a." * 3000 + "a = 1\n", "\na = " + "{a=" * 60 + "1" + "}" * 60 + "\n"),
    *(
        "\na = 1e99999\n",
        "\na = 2026-02-30\n",
        "\na = 0o777777777777777777777777\n",
        '\n"a\\u0000" = 1\n',
        '\na = "\\ud800"\n',
    ),
)


def written(data: Mapping[str, Any], style: str) -> str:
    """The TOML of a document: with ``tables``, all on one level (``inline``), or with ``dotted`` keys."""
    if style == "tables":
        return tomli_w.dumps(data)
    if style == "inline":
        return "".join(f"{_string(key)} = {_inline(value)}\n" for key, value in data.items())
    return "".join(f"{'.'.join(map(_string, path))} = {_inline(value)}\n" for path, value in _leaves(data, ()))


@st.composite
def texts(draw: st.DrawFn, documents: st.SearchStrategy[Mapping[str, Any]]) -> bytes:
    """The text of one of the documents in one of the styles, sometimes spoilt."""
    text = written(draw(documents), draw(st.sampled_from(("tables", "tables", "inline", "dotted"))))
    return draw(spoilt(text, PIECES))


def _leaves(data: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in data.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_string(key)} = {_inline(item)}" for key, item in value.items()) + "}"
    return str(value)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def all_keys(value: Any) -> Iterator[str]:
    """Every key of a document, however deep."""
    if isinstance(value, dict):
        yield from value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from all_keys(item)
