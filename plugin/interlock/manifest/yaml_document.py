"""A YAML file: its data, and the place of every key in it.

PyYAML reads the syntax. Values are made here, from its events: every scalar stays the text that was written, since
``python: 3.10`` and ``DEBUG: no`` would otherwise become 3.1 and a boolean. Only null is told apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interlock.manifest import codes
from interlock.manifest.document import Document
from interlock.manifest.report import failure
from interlock.manifest.text_document import lines_of
from interlock_hooks.types.findings import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml import Event

    from interlock.manifest.positions import Key

_DEEPEST = 20  # nobody writes half of this
_MOST = 100_000  # values, those that aliases repeat included
_MERGE = "<<"
_NULL = frozenset({"", "~", "null", "Null", "NULL"})  # YAML 1.2, 10.3.2


class YamlDocument(Document):
    """A parsed YAML file; :attr:`data` is the mapping in it, empty for an empty file."""

    def _parsed(self) -> dict[str, Any]:
        import yaml

        # libyaml reads events without recursion, so that nothing can nest too deeply for it.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            composer = _Composer(yaml.parse(self.text, Loader=loader))
            data = composer.document()
        except _NotUsableError as error:
            raise self._malformed(str(error), error.line) from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._malformed(error.problem or str(error), mark.line + 1 if mark else None) from None
        except yaml.YAMLError as error:
            # Of a character that YAML does not allow only its offset is known.
            offset = getattr(error, "position", None)
            line = self.text[:offset].count("\n") + 1 if isinstance(offset, int) else None
            raise self._malformed(getattr(error, "reason", None) or str(error), line) from None
        # What '<<' merges has the place of the mapping that it is merged into.
        self.lines = {path: line for path, line in composer.lines.items() if _MERGE not in path}
        return data

    def _malformed(self, what: str, line: int | None) -> Exception:
        where = Location(file=self.label, line=line)
        fix = f"correct line {line}" if line else "correct it"
        return failure(codes.MALFORMED, f"{self.path.name} is not valid YAML: {what}", where, fix=fix)


class _NotUsableError(Exception):
    """YAML that is valid and cannot be a document of ours."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


class _Composer:
    """Makes mappings, lists and texts of the events of a parser, and notes the line of each."""

    def __init__(self, events: Iterator[Event]) -> None:
        self.events = events
        self.lines: dict[Key, int] = {}
        self.anchors: dict[str, Any] = {}
        self.left = _MOST

    def document(self) -> dict[str, Any]:
        import yaml

        next(self.events)  # the beginning of the stream
        started = next(self.events)
        if isinstance(started, yaml.StreamEndEvent):
            return {}
        first = next(self.events)
        data = self.value(first, ())
        next(self.events)
        more = next(self.events)
        if not isinstance(more, yaml.StreamEndEvent):
            raise _NotUsableError("it holds more than one document", _line(more))
        if data is not None and not isinstance(data, dict):
            raise _NotUsableError("it must be a mapping, such as 'dependencies: [python]'", _line(first))
        return data or {}

    def value(self, event: Event, path: Key) -> Any:
        import yaml

        self.count(event, path)
        if path:
            self.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.AliasEvent):
            return self.repeated(event)
        if isinstance(event, yaml.ScalarEvent):
            found: Any = None if event.implicit[0] and event.value in _NULL else event.value
            if event.style == "|":
                # Its lines are those of the file.
                inner = lines_of(event.value, joined=True)
                self.lines |= {(*path, index): _line(event) + line.first for index, line in enumerate(inner)}
        elif isinstance(event, yaml.SequenceStartEvent):
            found = self.sequence(path)
        else:
            found = self.mapping(path)
        anchor = getattr(event, "anchor", None)
        if anchor:
            self.anchors[anchor] = found
        return found

    def count(self, event: Event, path: Key) -> None:
        self.left -= 1
        if len(path) > _DEEPEST:
            raise _NotUsableError("lists or mappings are nested too deeply", _line(event))
        if self.left < 0:
            raise _NotUsableError("it holds too many values", _line(event))

    def repeated(self, event: Any) -> Any:
        if event.anchor not in self.anchors:
            raise _NotUsableError(f"there is no anchor {event.anchor!r} above its alias", _line(event))
        found = self.anchors[event.anchor]
        # A file of a few lines can repeat what it repeats until memory ends.
        self.left -= _size(found, self.left)
        self.count(event, ())
        return found

    def sequence(self, path: Key) -> list[Any]:
        import yaml

        found: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self.value(event, (*path, len(found))))
        return found

    def mapping(self, path: Key) -> dict[str, Any]:
        import yaml

        found: dict[str, Any] = {}
        merged: list[Any] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _NotUsableError("a key must be a plain text", _line(event))
            key, line = event.value, _line(event)
            place = (*path, key)
            merges = key == _MERGE and event.implicit[0]
            if not merges and place in self.lines:
                raise _NotUsableError(f"the key {key!r} is there twice", line)
            self.lines[place] = line
            value = self.value(next(self.events), place)
            if merges:
                merged += value if isinstance(value, list) else [value]
            else:
                found[key] = value
        for each in merged:
            if not isinstance(each, dict):
                place = (*path, _MERGE)
                raise _NotUsableError("'<<' can only merge mappings", self.lines[place])
            found = {**each, **found}
        return found


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _size(value: Any, most: int) -> int:
    """How many values there are in a value, as far as ``most``."""
    counted, pending = 0, [value]
    while pending and counted <= most:
        counted += 1
        inner = pending.pop()
        pending += inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else []
    return counted
