"""Inserting into and removing from what stands between brackets: the elements of arrays, the pairs of inline tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

Bounds = tuple[int, int]

# A comment reaches to the end of its line, whatever stands in it.
_TO_COMMA = re.compile(r"(?:[ \t\r\n]|#[^\n]*\n)*(?P<comma>,)")
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\n]*)?(?=\r?\n|\Z)")


def inserted(text: str, container: Bounds, items: Sequence[Bounds], index: int, new: str) -> str:
    """The text with ``new`` as the item at ``index``; ``container`` includes the brackets."""
    opened, closing = container[0] + 1, container[1] - 1
    if not items:
        return _first(text, opened, closing, new)
    if not _on_lines(text, opened, items):
        if index:
            return _put(text, items[index - 1][1], f", {new}")
        return _put(text, items[0][0], f"{new}, ")
    indent = _indent(text, items[min(index, len(items) - 1)][0])
    break_ = newline(text) + indent
    if not index:
        return _put(text, end_of_line(text, opened), f"{break_}{new},")
    before = items[index - 1][1]
    comma = _comma(text, before, closing)
    if comma is None:
        at = min(end_of_line(text, before), closing)
        trailing = text[before:at]
        return f"{text[:before]},{trailing}{break_}{new}{text[at:]}"
    at = min(end_of_line(text, comma), closing)
    if index < len(items) and items[index][0] < at:
        return _put(text, comma, f" {new},")
    return _put(text, at, f"{break_}{new},")


def without(text: str, container: Bounds, items: Sequence[Bounds], index: int) -> str:
    """The text without the item at ``index``; its whole line goes if nothing else stands there."""
    start, end = items[index]
    closing = container[1] - 1
    comma = _comma(text, end, closing)
    after = end if comma is None else comma
    begun, rest = start_of_line(text, start), _REST_OF_LINE.match(text, after)
    if rest and not text[begun:start].strip() and begun > container[0]:
        stop = _after_newline(text, rest.end())
        if comma is None and index:
            # The comma before it came with it.
            last = items[index - 1][1]
            if (before := _comma(text, last, start)) is not None:
                return text[:last] + text[before:begun] + text[stop:]
        return text[:begun] + text[stop:]
    if index + 1 < len(items):
        return text[:start] + text[items[index + 1][0] :]
    if index:
        return text[: items[index - 1][1]] + text[end:]
    return text[:start].rstrip(" \t") + text[after:].lstrip(" \t") if comma else text[:start] + text[end:]


def newline(text: str) -> str:
    """How lines end in a text."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def end_of_line(text: str, at: int) -> int:
    """The offset of the end of the line at ``at``, before its line break."""
    end = text.find("\n", at)
    if end < 0:
        return len(text)
    return end - 1 if end > at and text[end - 1] == "\r" else end


def start_of_line(text: str, at: int) -> int:
    """The offset at which the line at ``at`` begins."""
    return text.rfind("\n", 0, at) + 1


def _after_newline(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _put(text: str, at: int, new: str) -> str:
    return text[:at] + new + text[at:]


def _first(text: str, opened: int, closing: int, new: str) -> str:
    inside = text[opened:closing]
    if "\n" not in inside:
        padding = " " if text[opened - 1] == "{" else ""
        return text[:opened] + padding + new + padding + text[closing:]
    indent = _indent(text, opened) + "    "
    return _put(text, end_of_line(text, opened), f"{newline(text)}{indent}{new},")


def _on_lines(text: str, opened: int, items: Sequence[Bounds]) -> bool:
    """Whether the items are below each other: a line break before the first one."""
    return "\n" in text[opened : items[0][0]]


def _indent(text: str, at: int) -> str:
    line = text[start_of_line(text, at) : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _comma(text: str, at: int, limit: int) -> int | None:
    """The offset after the comma that follows, before ``limit``."""
    found = _TO_COMMA.match(text, at)
    return found.end("comma") if found and found.end("comma") <= limit else None
