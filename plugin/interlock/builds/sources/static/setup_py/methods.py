"""Methods of the values that a setup.py works with: text, lists, dictionaries, paths, files and matches."""

from __future__ import annotations

import posixpath
import re
from abc import abstractmethod
from collections.abc import Callable
from pathlib import PurePosixPath
from string import Formatter
from typing import TYPE_CHECKING, Any

from interlock.builds.sources.static.setup_py.files import ROOT
from interlock.builds.sources.static.setup_py.machine import Machine, lines_of
from interlock.builds.sources.static.setup_py.state import join_values
from interlock.builds.sources.static.setup_py.values import (
    Dependent,
    Mapping,
    NotConcreteError,
    Ref,
    Sequence,
    Unknown,
    Value,
    is_lacking,
)

if TYPE_CHECKING:
    import ast

_TEXT = frozenset(
    [
        "capitalize",
        "casefold",
        "count",
        "endswith",
        "find",
        "format",
        "format_map",
        "index",
        "isalnum",
        "isalpha",
        "isdecimal",
        "isdigit",
        "isidentifier",
        "islower",
        "isnumeric",
        "isspace",
        "istitle",
        "isupper",
        "join",
        "lower",
        "lstrip",
        "partition",
        "removeprefix",
        "removesuffix",
        "replace",
        "rfind",
        "rindex",
        "rpartition",
        "rsplit",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "swapcase",
        "title",
        "upper",
        "encode",
    ]
)
_OTHERS: dict[type, frozenset[str]] = {
    str: _TEXT,
    bytes: frozenset(["decode", "strip", "split", "startswith"]),
    re.Match: frozenset(["group", "groups", "groupdict", "start", "end", "span"]),
    re.Pattern: frozenset(["search", "match", "fullmatch", "findall", "sub", "split"]),
    tuple: frozenset(["index", "count"]),
}
_PATHS = frozenset(["joinpath", "with_name", "with_suffix", "as_posix", "relative_to", "is_absolute"])
_LIST_CHANGES = frozenset(["insert", "remove", "pop", "clear", "sort", "reverse"])
_LONGEST = 1_000_000


class Methods(Machine):
    """Calls of methods."""

    @abstractmethod
    def opened(self, path: str, encoding: str | None, node: ast.AST) -> Value:
        """An open file of the source tree."""

    def call_method(
        self, owner: Value, name: str, arguments: list[Value], keywords: dict[str, Value], node: ast.AST
    ) -> Value:
        """The result of a method of a value."""
        owner = owner if isinstance(owner, Dependent) else self.force(owner)
        if isinstance(owner, Ref):
            content = self.content(owner)
            if isinstance(content, Mapping):
                return self._dictionary(owner, content, name, arguments, keywords, node)
            if isinstance(content, Sequence):
                kept = content.kind in ("iterator", "file")
                return (self._file if kept else self._list)(owner, content, name, arguments, keywords, node)
            return self.unknown(content.reason, owner, *arguments, *keywords.values())
        if isinstance(owner, PurePosixPath):
            return self._path(owner, name, arguments, keywords, node)
        if isinstance(owner, Dependent):
            kind = type(next(owner.values[point] for point in self.world[owner.axis]))
        else:
            kind = type(owner)
        if name not in _OTHERS.get(kind, ()):
            return self.unknown(f".{name}() at {self.place(node)}", owner, *arguments, *keywords.values())
        if name == "format_map" and isinstance(owner, str) and len(arguments) == 1:
            keywords, arguments, name = self._fields_of(owner, arguments[0]), [], "format"
        keys = tuple(keywords)

        def operation(held: Any, *values: Any) -> Any:
            positional, named = values[: len(arguments)], values[len(arguments) :]
            _check_size(held, name, values)
            return getattr(held, name)(*positional, **dict(zip(keys, named, strict=True)))

        return self.pure(f".{name}() at {self.place(node)}", operation, owner, *arguments, *keywords.values())

    def _fields_of(self, text: str, value: Value) -> dict[str, Value]:
        """What the fields of a format take from a mapping; unknown where it is not certain."""
        content = self.content(value) if isinstance(value, Ref) else None
        lacking = Unknown("it has a format that is not followed")
        try:
            names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
        except ValueError:
            names = [""]
        if not isinstance(content, Mapping) or not all(map(str.isidentifier, names)):
            return {"_": self.unknown(lacking.reason, value)}
        return {name: content.items.get(name, lacking) for name in names}

    def items_of(self, value: Value) -> dict[Any, Value]:
        """The items of a dictionary, or of one of several, nobody knows which. Raises :class:`NotConcreteError`."""
        among = value.among if isinstance(value, Unknown) and value.complete else (value,)
        held = list(map(self.held, among))
        obstacle = next((content for content in held if not isinstance(content, Mapping)), None)
        if obstacle is not None or not held:
            raise NotConcreteError(self.as_unknown(obstacle))
        reason = self.as_unknown(value).reason
        lacking = Unknown(reason, absent=True)
        found: dict[Any, Value] = {}
        for key in dict.fromkeys(key for content in held if isinstance(content, Mapping) for key in content.items):
            values = [content.items.get(key, lacking) for content in held if isinstance(content, Mapping)]
            for each in values[1:]:
                values[0] = join_values(values[0], each, reason)
            found[key] = values[0]
        return found

    # Lists and sets

    def _list(
        self, ref: Ref, content: Sequence, name: str, arguments: list[Value], keywords: dict[str, Value], node: ast.AST
    ) -> Value:
        if content.kind == "list" and name == "append" and len(arguments) == 1:
            self.state.heap[ref.id] = Sequence((*content.items, arguments[0]))
            return None
        if name in ("extend", "update") and len(arguments) == 1:
            return self.extend(ref, content, arguments[0])
        if name == "copy" and not arguments:
            return self.new(content)
        if name in ("index", "count"):
            return self.pure(f".{name}()", lambda held, item: getattr(held, name)(item), ref, *arguments)
        if content.kind == "list" and name in _LIST_CHANGES and not keywords:
            return self._changed(ref, content, name, arguments, node)
        if content.kind == "set" and name == "add" and len(arguments) == 1:
            return self.extend(ref, content, (arguments[0],))
        return self.unknown(f".{name}() at {self.place(node)}", ref, *arguments, *keywords.values())

    def extend(self, ref: Ref, content: Sequence, more: Value) -> None:
        """Add items to a list or set."""
        try:
            self.state.heap[ref.id] = Sequence((*content.items, *self.items(more)), content.kind)
        except NotConcreteError as error:
            self.unknown(error.unknown.reason, ref, more)

    def _changed(self, ref: Ref, content: Sequence, name: str, arguments: list[Value], node: ast.AST) -> Value:
        items = list(content.items)
        try:
            if name == "insert":
                items.insert(self.concrete(arguments[0]), arguments[1])
                result = None
            elif name == "remove":
                del items[list(map(self.concrete, items)).index(self.concrete(arguments[0]))]
                result = None
            elif name == "sort":
                items, result = sorted(map(self.concrete, items)), None
                items = list(map(self.abstract, items))
            else:
                result = getattr(items, name)(*map(self.concrete, arguments))
        except NotConcreteError as error:
            return self.unknown(error.unknown.reason, ref, *arguments)
        except (ValueError, LookupError, TypeError):
            return self.unknown(f".{name}() at {self.place(node)} fails", ref, *arguments)
        self.state.heap[ref.id] = Sequence(tuple(items))
        return result

    def _file(
        self, ref: Ref, content: Sequence, name: str, arguments: list[Value], keywords: dict[str, Value], node: ast.AST
    ) -> Value:
        if name == "close":
            return None
        if content.kind == "file" and not arguments and not keywords and name in ("read", "readlines", "readline"):
            text = content.items[0]
            lines = lines_of(text)
            rest = text[:0].join(lines[1:]) if name == "readline" else text[:0]
            self.state.heap[ref.id] = Sequence((rest,), "file")
            if name == "readline":
                return lines[0] if lines else text
            return text if name == "read" else self.new(Sequence(lines))
        return self.unknown(f".{name}() at {self.place(node)}", ref, *arguments, *keywords.values())

    # Dictionaries

    def _dictionary(
        self, ref: Ref, content: Mapping, name: str, arguments: list[Value], keywords: dict[str, Value], node: ast.AST
    ) -> Value:
        action: Callable[..., Value] | None = getattr(self, f"_dict_{name}", None)
        try:
            if action is not None:
                return action(ref, content, arguments, keywords)
        except (NotConcreteError, TypeError, LookupError):
            pass
        return self.unknown(f".{name}() at {self.place(node)}", ref, *arguments, *keywords.values())

    def _dict_get(self, ref: Ref, content: Mapping, arguments: list[Value], _: dict[str, Value]) -> Value:
        default = arguments[1] if len(arguments) > 1 else None
        found = content.items.get(self.concrete(arguments[0]), default)
        if is_lacking(found) and found.complete:
            return Unknown(found.reason, (*found.among, default), complete=True)
        if is_lacking(found):
            raise NotConcreteError(found)
        return found

    def _dict_items(self, ref: Ref, content: Mapping, arguments: list[Value], _: dict[str, Value]) -> Value:
        return self.new(Sequence(tuple(self.certain(content).items())))

    def _dict_keys(self, ref: Ref, content: Mapping, arguments: list[Value], _: dict[str, Value]) -> Value:
        return self.new(Sequence(tuple(self.certain(content))))

    def _dict_values(self, ref: Ref, content: Mapping, arguments: list[Value], _: dict[str, Value]) -> Value:
        return self.new(Sequence(tuple(self.certain(content).values())))

    def _dict_copy(self, ref: Ref, content: Mapping, arguments: list[Value], _: dict[str, Value]) -> Value:
        return self.new(content)

    def _dict_update(self, ref: Ref, content: Mapping, arguments: list[Value], keywords: dict[str, Value]) -> Value:
        items = dict(content.items)
        for argument in arguments:
            for key, value in self.items_of(argument).items():
                lacking = Unknown("update() may add it", absent=True)
                items[key] = join_values(items.get(key, lacking), value, value.reason) if is_lacking(value) else value
        self.state.heap[ref.id] = Mapping({**items, **keywords})
        return None

    def _dict_setdefault(self, ref: Ref, content: Mapping, arguments: list[Value], _: dict[str, Value]) -> Value:
        key = self.concrete(arguments[0])
        if key not in content.items:
            value = arguments[1] if len(arguments) > 1 else None
            self.state.heap[ref.id] = content.with_item(key, value)
            return value
        return self._dict_get(ref, content, arguments, {})

    def _dict_pop(self, ref: Ref, content: Mapping, arguments: list[Value], _: dict[str, Value]) -> Value:
        found = self._dict_get(ref, content, arguments, {})
        key = self.concrete(arguments[0])
        if key not in content.items and len(arguments) == 1:
            raise KeyError(key)
        self.state.heap[ref.id] = Mapping({each: value for each, value in content.items.items() if each != key})
        return found

    # Paths

    def _path(
        self, path: PurePosixPath, name: str, arguments: list[Value], keywords: dict[str, Value], node: ast.AST
    ) -> Value:
        if name in _PATHS and not keywords:
            return self.pure(f".{name}()", lambda held, *others: getattr(held, name)(*others), path, *arguments)
        if name in ("resolve", "absolute") and not arguments and not keywords:
            return PurePosixPath(posixpath.normpath(posixpath.join(ROOT, path)))
        if name in ("exists", "is_file", "is_dir") and not arguments:
            found = self.files.check(str(path), name)  # type: ignore[arg-type]  # mypy does not narrow by `in`
            return Unknown(f"{self.place(node)} looks for a file") if found is None else found
        if name in ("read_text", "read_bytes", "open"):
            return self._read_path(path, name, arguments, keywords, node)
        if name.startswith(("write", "touch", "unlink", "rename", "replace", "mkdir")):
            self.files.written(str(path))
        return self.unknown(f".{name}() at {self.place(node)}", *arguments, *keywords.values())

    def _read_path(
        self, path: PurePosixPath, name: str, arguments: list[Value], keywords: dict[str, Value], node: ast.AST
    ) -> Value:
        encoding = keywords.get("encoding", "utf-8")
        if name == "read_bytes":
            encoding = None
        if name == "read_text" and len(arguments) == 1:
            encoding, arguments = arguments[0], []
        if name == "open" and arguments in (["r"], ["rt"], ["rb"]):
            encoding, arguments = None if arguments == ["rb"] else encoding, []
        if name == "open" and arguments:
            self.files.written(str(path))
        if arguments or keywords.keys() - {"encoding"} or not isinstance(encoding, (str, type(None))):
            return self.unknown(f".{name}() at {self.place(node)}", *arguments)
        handle = self.opened(str(path), encoding, node)
        if name == "open" or not isinstance(handle, Ref):
            return handle
        content = self.content(handle)
        return content.items[0] if isinstance(content, Sequence) else content


def _check_size(held: Any, name: str, values: tuple[Any, ...]) -> None:
    """Raises :class:`ValueError` for what would make an enormous text."""
    if name == "replace" and len(held) * max(1, len(values[1])) > _LONGEST:
        raise ValueError("too long")
    if name == "format" and re.search(r"[:{][^}]*[0-9]{4}|\{[^}]*:[^}]*\{|\{[^}]*[.\[]", str(held)):
        raise ValueError("a format that is not followed")
    if name == "join" and len(held) * len(values[0]) > _LONGEST:
        raise ValueError("too long")
