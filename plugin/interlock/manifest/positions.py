"""The line of each key in a TOML document, and where everything is in its text: no TOML parser for Python reports it.

The scanner reads only documents that tomli has accepted, so that it can be short: it finds the structure (TOML 1.1:
tables, arrays of tables, dotted keys, inline tables over several lines) and leaves values uninterpreted, except for
keys. Every key, table and array element gets the line, counted from 1, on which it starts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

Key = tuple["str | int", ...]

_BLANK = re.compile(r"(?:[ \t\n\r]+|#[^\n]*)*")
_SEPARATOR = re.compile(rf"{_BLANK.pattern}(?:,{_BLANK.pattern})?")
_SIMPLE_PAIR = re.compile(r"([A-Za-z0-9_-]+)[ \t]*=[ \t]*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")
# The longest form first: an empty basic string is also the beginning of a multi-line one.
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


def key_lines(text: str) -> dict[Key, int]:
    """Map each path of keys and array indices in a valid TOML document to its line.

    An array of tables has the line of its first header under its own path, and one line for each element. Tables that
    exist only because of a longer path (``a`` of ``[a.b]``) have the line of that path until they are declared.
    """
    return _Scanner(text).scan()


@dataclass(frozen=True, slots=True)
class Pair:
    """A key with its value: offsets of where the key begins, and the value begins and ends.

    ``table`` is the table whose header it stands below; the key may lead further down with dots.
    """

    table: Key
    path: Key
    start: int
    value: int
    end: int


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: offsets of where it begins and ends."""

    path: Key
    start: int
    end: int


@dataclass(slots=True)
class Spans:
    """All of them: ``pairs`` below headers, in the order of the text, and what is inside of values by its path.

    ``inner`` has the start and end of each element of an array and of each pair of an inline table.
    """

    headers: list[Header] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    values: dict[Key, tuple[int, int]] = field(default_factory=dict)
    inner: dict[Key, tuple[int, int]] = field(default_factory=dict)


def spans_of(text: str) -> Spans:
    """The places of everything in a valid document."""
    scanner = _Spanning(text)
    scanner.scan()
    return scanner.found


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Key, int] = {}
        self.implicit: set[Key] = set()
        self.elements: dict[Key, int] = {}
        self.newlines = [found.start() for found in re.finditer("\n", text)]

    def scan(self) -> dict[Key, int]:
        table: Key = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(_BLANK)
        return self.lines

    def skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()

    def header(self) -> Key:
        start = self.at
        array = self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        names = self.key()
        self.at += 2 if array else 1
        path = self.placed(names[:-1], start)
        path = (*path, names[-1])
        if array:
            self.declare(path, start, again=False)
            index = self.elements.get(path, -1) + 1
            self.elements[path] = index
            path = (*path, index)
        elif path in self.elements:
            path = (*path, self.elements[path])
        self.declare(path, start)
        return path

    def placed(self, names: list[str], start: int) -> Key:
        """The path of a header's parents: names of arrays of tables mean their last element."""
        path: Key = ()
        for name in names:
            path = (*path, name)
            self.mention(path, start)
            if path in self.elements:
                path = (*path, self.elements[path])
        return path

    def mention(self, path: Key, start: int) -> None:
        if path not in self.lines:
            self.lines[path] = self.line(start)
            self.implicit.add(path)

    def declare(self, path: Key, start: int, *, again: bool = True) -> None:
        if path not in self.lines or (again and path in self.implicit):
            self.lines[path] = self.line(start)
            self.implicit.discard(path)

    def line(self, offset: int) -> int:
        return bisect_right(self.newlines, offset - 1) + 1

    def pair(self, table: Key) -> None:
        start = self.at
        simple = _SIMPLE_PAIR.match(self.text, start)
        if simple:
            path = (*table, simple[1])
            self.at = simple.end()
        else:
            path = self.dotted(table, start)
        self.declare(path, start)
        self.value(path)

    def dotted(self, table: Key, start: int) -> Key:
        *parents, name = self.key()
        path = table
        for parent in parents:
            path = (*path, parent)
            self.mention(path, start)
        self.at += 1  # the equals sign
        self.skip(_SPACE)
        return (*path, name)

    def key(self) -> list[str]:
        names = []
        while True:
            self.skip(_SPACE)
            names.append(self.key_part())
            self.skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return names
            self.at += 1

    def key_part(self) -> str:
        start = self.at
        if self.text[start] not in "\"'":
            self.skip(_BARE_KEY)
            return self.text[start : self.at]
        self.skip(_STRING)
        return unquoted(self.text[start : self.at])

    def value(self, path: Key) -> None:
        opening = self.text[self.at]
        if opening in "\"'":
            self.skip(_STRING)
        elif opening == "[":
            self.array(path)
        elif opening == "{":
            self.inline_table(path)
        else:
            self.skip(_SCALAR)

    def array(self, path: Key) -> None:
        index = 0
        self.at += 1
        while not self.closed("]"):
            element = (*path, index)
            self.lines[element] = self.line(self.at)
            self.value(element)
            index += 1

    def inline_table(self, path: Key) -> None:
        self.at += 1
        while not self.closed("}"):
            self.pair(path)

    def closed(self, bracket: str) -> bool:
        """Skip to the next element; whether the closing bracket stood there instead."""
        self.skip(_SEPARATOR)
        if self.text[self.at] != bracket:
            return False
        self.at += 1
        return True


class _Spanning(_Scanner):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.found = Spans()
        self.begun: dict[Key, int] = {}
        self.depth = 0
        self.table: Key = ()

    def header(self) -> Key:
        start = self.at
        self.table = super().header()
        self.found.headers.append(Header(self.table, start, self.at))
        return self.table

    def declare(self, path: Key, start: int, *, again: bool = True) -> None:
        super().declare(path, start, again=again)
        self.begun[path] = start

    def value(self, path: Key) -> None:
        value = self.at
        self.depth += 1
        super().value(path)
        self.depth -= 1
        # A number or a date is read up to the next mark, blanks included.
        end = value + len(self.text[value : self.at].rstrip())
        self.found.values[path] = (value, end)
        start = self.begun.get(path, value)
        if self.depth:
            self.found.inner[path] = (start, end)
        else:
            self.found.pairs.append(Pair(self.table, path, start, value, end))


def unquoted(key: str) -> str:
    """The text of a quoted key; escapes are left to the TOML parser."""
    if key[0] == "'" or "\\" not in key:
        return key[1:-1]
    import tomli

    (name,) = tomli.loads(f"{key} = 0")
    return str(name)
