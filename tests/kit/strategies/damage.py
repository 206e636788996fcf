"""Valid documents with something changed: other types and values, keys that are gone, new, renamed or elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

# Most changes are of a kind that is only noticed when the value is used.
_kinds = st.sampled_from(("text",) * 8 + ("value",) * 3 + ("remove", "moved", "moved", "wrap", "key", "add", "repeat"))
Place = tuple["dict[str, Any] | list[Any]", Any]


def changed(
    documents: Sequence[Any], texts: SearchStrategy[str], values: SearchStrategy[Any], keys: SearchStrategy[str]
) -> SearchStrategy[Any]:
    """One of the documents with up to three changes; ``texts`` are put where texts were, ``values`` anywhere."""

    # Without arguments: hypothesis writes them out wherever it names a strategy.
    @st.composite
    def changed_document(draw: st.DrawFn) -> Any:
        document = _copy(documents[draw(st.integers(0, len(documents) - 1))])
        for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
            places = list(_places(document))
            if places:
                _change(draw, places, texts, values, keys)
        return document

    return changed_document()


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _places(value: Any) -> Iterator[Place]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield value, key
        yield from _places(item)


def _change(
    draw: st.DrawFn,
    places: list[Place],
    texts: SearchStrategy[str],
    values: SearchStrategy[Any],
    keys: SearchStrategy[str],
) -> None:
    one_of_them = st.integers(0, len(places) - 1)
    container, key = places[draw(one_of_them)]
    kind = draw(_kinds)
    item = container[key]
    if kind in ("text", "value"):
        container[key] = draw(texts if kind == "text" and isinstance(item, str) else values)
    elif kind == "remove":
        del container[key]
    elif kind == "moved":
        other, at = places[draw(one_of_them)]
        container[key] = _copy(other[at])
    elif kind == "wrap":
        container[key] = draw(st.sampled_from(([item], {"a": item}, [[item]], [item, item], [], {})))
    elif isinstance(container, list):
        container.insert(key, item if kind == "repeat" else draw(values))
    elif kind == "key":
        container[draw(keys)] = container.pop(key)
    else:
        container[draw(keys)] = _copy(item) if kind == "repeat" else draw(values)


@st.composite
def spoilt(draw: st.DrawFn, text: str, pieces: Sequence[str]) -> bytes:
    """A text as bytes, now and then cut off, with a piece of it doubled or replaced, or not even UTF-8."""
    if not draw(st.integers(0, 3)):
        at = draw(st.integers(0, len(text)))
        kind = draw(st.sampled_from(("cut", "piece", "piece", "doubled", "lines", "bytes", "bom", "crlf")))
        if kind == "cut":
            text = text[:at]
        elif kind == "piece":
            text = text[:at] + draw(st.sampled_from(pieces)) + text[draw(st.sampled_from((at, at, at + 1, at + 9))) :]
        elif kind == "doubled":
            text = text[:at] + text
        elif kind == "lines":
            lines = text.splitlines(keepends=True)
            chosen = draw(st.integers(0, max(len(lines) - 1, 0)))
            text = "".join([*lines[:chosen], *lines[chosen : chosen + 1], *lines[chosen:]])
        elif kind == "bytes":
            raw = text.encode()
            return raw[:at] + draw(st.sampled_from((b"\xff", b"\xc3", b"\0", b"\xed\xa0\x80"))) + raw[at:]
        else:
            text = "\ufeff" + text if kind == "bom" else text.replace("\n", "\r\n")
    return text.encode()
