"""The text of a TOML document, with a key or an element set, inserted or removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from interlock.core.toml import parse_toml, value_at
from interlock.manifest.document import dotted
from interlock.manifest.editing.siblings import end_of_line, inserted, newline, start_of_line, without
from interlock.manifest.editing.toml_values import quote_of, toml_header, toml_value
from interlock.manifest.positions import Header, Pair, Spans, spans_of

if TYPE_CHECKING:
    from interlock.manifest.editing.siblings import Bounds
    from interlock.manifest.positions import Key


class TomlFile:
    """A valid document. Editing gives a new one; raises :class:`ValueError` for text that is not TOML."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def data(self) -> dict[str, Any]:
        """The content."""
        return parse_toml(self.text.replace("\r\n", "\n"))

    @cached_property
    def _spans(self) -> Spans:
        return spans_of(self.text)

    def get(self, path: Key) -> Any:
        """The value at a path, ``None`` if there is none."""
        return value_at(self.data, path)

    def is_written(self, path: Key) -> bool:
        """Whether a value stands at a path itself, an inline table for example, and not only below a header."""
        return path in self._spans.values

    # -- keys ------------------------------------------------------------------------------------------------------

    def with_value(self, path: Key, value: object, *, near: Iterable[Key] = ()) -> TomlFile:
        """With a key set; tables above it are made, a new one after those of ``near`` that are there."""
        if path in self._spans.values:
            start, end = self._spans.values[path]
            new = toml_value(value, quote=quote_of(self.text[start:end]))
            return TomlFile(self.text[:start] + new + self.text[end:])
        table, key = path[:-1], str(path[-1])
        if (inline := self._inline_above(table)) is not None:
            for part in reversed(table[len(inline) :]):
                key, value = str(part), {key: value}
            return self._with_inner(inline, f"{dotted((key,))} = {toml_value(value)}", key)
        line = f"{dotted((key,))} = {toml_value(value)}"
        if any(header.path == table for header in self._spans.headers) or not table:
            return self._below(table, key, line)
        if dots := [pair for pair in self._spans.pairs if len(pair.table) < len(table) < len(pair.path)]:
            dots = [pair for pair in dots if pair.path[: len(table)] == table]
            if dots:
                return self._beside(dots, len(table), key, line)
        return self._with_table(table, line, near)

    def without(self, path: Key) -> TomlFile:
        """Without a key and, if it has a line of its own, without that; or without a table and what is below it."""
        if path in self._spans.inner:
            return self._without_inner(path)
        gone = [(pair.start, pair.end) for pair in self._spans.pairs if pair.path[: len(path)] == path]
        headers = [(each.start, each.end) for each in self._spans.headers if each.path[: len(path)] == path]
        return self._without_lines([*gone, *headers], leaves_gap=bool(headers))

    def without_empty(self, table: Key) -> TomlFile:
        """Without the header of a table that has nothing below it, not even a comment; tables below it stay."""
        headers = self._spans.headers
        index = next((i for i, header in enumerate(headers) if header.path == table), None)
        if index is None or any(pair.table == table for pair in self._spans.pairs):
            return self
        end = headers[index + 1].start if index + 1 < len(headers) else len(self.text)
        if self.text[headers[index].end : end].strip():
            return self
        return self._without_lines([(headers[index].start, headers[index].end)], leaves_gap=True)

    # -- elements --------------------------------------------------------------------------------------------------

    def with_element(self, path: Key, index: int, value: object) -> TomlFile:
        """With an element inserted into an array that is there."""
        items = self._items(path)
        quote = quote_of(self.text[items[0][0] : items[0][1]]) if items else '"'
        new = toml_value(value, quote=quote)
        return TomlFile(inserted(self.text, self._spans.values[path], items, index, new))

    def without_element(self, path: Key, index: int) -> TomlFile:
        """Without an element of an array."""
        return TomlFile(without(self.text, self._spans.values[path], self._items(path), index))

    # -- where things are ------------------------------------------------------------------------------------------

    def _items(self, path: Key) -> list[Bounds]:
        found = [key for key in self._spans.inner if len(key) == len(path) + 1 and key[:-1] == path]
        return sorted(self._spans.inner[key] for key in found)

    def _inline_above(self, table: Key) -> Key | None:
        """The nearest table at or above a path that is an inline one."""
        for length in range(len(table), 0, -1):
            above = table[:length]
            if above in self._spans.values and isinstance(self.get(above), dict):
                return above
        return None

    def _with_inner(self, path: Key, pair: str, key: str) -> TomlFile:
        items = self._pairs_inside(path)
        keys = [str(each[len(path)]) for each, _ in items]
        bounds = [span for _, span in items]
        return TomlFile(inserted(self.text, self._spans.values[path], bounds, place_in(keys, key), pair))

    def _pairs_inside(self, path: Key) -> list[tuple[Key, Bounds]]:
        """The pairs that stand in an inline table itself; one with a dotted key has a longer path."""
        deeper = {key: span for key, span in self._spans.inner.items() if key[: len(path)] == path and key != path}
        direct: list[tuple[Key, Bounds]] = []
        for key, span in sorted(deeper.items(), key=lambda item: item[1]):
            if not direct or span[0] >= direct[-1][1][1]:
                direct.append((key, span))
        return direct

    def _without_lines(self, gone: Sequence[Bounds], *, leaves_gap: bool) -> TomlFile:
        text = self.text
        for start, end in sorted(gone, reverse=True):
            begun, stop = start_of_line(text, start), end_of_line(text, end)
            text = text[:begun] + text[stop:].removeprefix("\r").removeprefix("\n")
        if leaves_gap:
            text = _without_gap(text, start_of_line(self.text, min(gone)[0]))
        return TomlFile(text)

    def _without_inner(self, path: Key) -> TomlFile:
        above = path[:-1]
        while above not in self._spans.values:
            above = above[:-1]
        items = self._pairs_inside(above)
        index = next(i for i, (key, _) in enumerate(items) if key == path)
        return TomlFile(without(self.text, self._spans.values[above], [span for _, span in items], index))

    def _below(self, table: Key, key: str, line: str) -> TomlFile:
        """A line below the header of a table, or at the top of the document."""
        pairs = [pair for pair in self._spans.pairs if pair.table == table]
        keys = [str(pair.path[len(table)]) for pair in pairs]
        index = place_in(keys, key)
        if index:
            return self._after(pairs[index - 1].end, _indent_of(self.text, pairs[index - 1].start) + line)
        header = next((header for header in self._spans.headers if header.path == table), None)
        if header is None:
            return TomlFile(f"{line}{newline(self.text)}{self.text}")
        indent = _indent_of(self.text, pairs[0].start if pairs else header.start)
        return self._after(header.end, indent + line)

    def _beside(self, pairs: Sequence[Pair], depth: int, key: str, line: str) -> TomlFile:
        """A line beside others that name the table with dots."""
        first = pairs[0]
        names = [str(pair.path[depth]) for pair in pairs]
        chosen = pairs[max(place_in(names, key) - 1, 0)]
        prefix = dotted(first.path[len(first.table) : depth])
        return self._after(chosen.end, f"{_indent_of(self.text, chosen.start)}{prefix}.{line}")

    def _with_table(self, table: Key, line: str, near: Iterable[Key]) -> TomlFile:
        break_ = newline(self.text)
        block = f"{toml_header(table)}{break_}{line}"
        anchor = self._anchor(table, list(near))
        if anchor is None:
            text = self.text.rstrip("\r\n")
            return TomlFile(f"{text}{break_ * 2 if text else ''}{block}{break_}")
        sections = [pair.end for pair in self._spans.pairs if pair.table == anchor.path]
        return self._after(max([anchor.end, *sections]), f"{break_}{block}")

    def _anchor(self, table: Key, near: Sequence[Key]) -> Header | None:
        """The header after whose section a new table goes: one of ``near``, else the last one that is related."""
        for path in near:
            for header in self._spans.headers:
                if header.path == path:
                    return header
        # Below [tool] everything is related in name only.
        least = 2 if table[0] == "tool" else 1
        shared = [(_shared(header.path, table), index) for index, header in enumerate(self._spans.headers)]
        best = max(shared, default=(0, 0))
        return self._spans.headers[best[1]] if best[0] >= least else None

    def _after(self, at: int, line: str) -> TomlFile:
        """A line after the one at an offset."""
        end = end_of_line(self.text, at)
        break_ = newline(self.text)
        rest = self.text[end:] or break_
        return TomlFile(f"{self.text[:end]}{break_}{line}{rest}")


def place_in(names: Sequence[str], new: str, key: Callable[[str], Any] = str.lower) -> int:
    """Where a name goes: in a list of two or more that is sorted to its place, otherwise to the end."""
    keys = [key(name) for name in names]
    if len(keys) < 2 or keys != sorted(keys):
        return len(keys)
    return sum(each <= key(new) for each in keys)


def _shared(first: Key, second: Key) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )


def _indent_of(text: str, at: int) -> str:
    line = text[start_of_line(text, at) : at]
    return line if not line.strip() else ""


def _without_gap(text: str, at: int) -> str:
    """Without the blank line that a removed table leaves behind: two tables have one between them."""
    before, after = text[:at], text[at:]
    kept = before.rstrip("\r\n \t")
    if not kept:
        return after.lstrip("\r\n")
    if not after.strip():
        return before[: len(kept)] + newline(text)
    gap = before[len(kept) :]
    if after.startswith(("\n", "\r\n")) and gap.count("\n") > 1:
        return before + after.removeprefix("\r").removeprefix("\n")
    return text
