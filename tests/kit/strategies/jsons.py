"""Data as JSON, and what breaks readers of it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from kit.strategies import words
from kit.strategies.damage import spoilt

_NUMBERS = (0, -1, 1, 2**63, 2**64, 10**400, 1.5, 1e308, float("inf"), float("nan"))
scalars = words.texts | st.booleans() | st.none() | st.sampled_from(_NUMBERS)
keys = words.names | words.odd_texts
values = scalars | st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)
_PIECES = (
    *("[", "]", "{", "}", ":", ",", '"', "\\", "\0", "null", "NaN", "-", "<html>", '"\\ud800"', '{"a": 1, "a": 2}'),
    *("[" * 100_000, "[" * 5000 + "]" * 5000, '{"a":' * 5000, "1" * 5000, "1e99999", "\n\n"),
)


@st.composite
def texts(draw: st.DrawFn, documents: st.SearchStrategy[Any]) -> bytes:
    """The text of one of the documents, sometimes spoilt."""
    return draw(spoilt(json.dumps(draw(documents)), _PIECES))
