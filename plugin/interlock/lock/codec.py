"""Frozen dataclasses as TOML tables and back, driven by their type hints, so that no field can be forgotten.

A field with its default value is left out, ``snake_case`` becomes ``kebab-case``, and pairs become a table. What is for
messages only is never written: a :class:`Location`, and a field that does not count when values are compared.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from interlock.core.field_checks import check_field
from interlock_hooks.types import CondaRecord, Location, PyPIPackage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from interlock.lock.portable import Portable

T = TypeVar("T")
Path = tuple[str | int, ...]

# The fields that hold one URL or a list of them, nothing else.
URL_FIELDS = frozenset({"url", "channel", "channels", "index", "find_links"})
# Stored once in the lock and referred to by label.
SHARED = (CondaRecord, PyPIPackage)


class MalformedError(Exception):
    """A table does not have the form of its type; ``path`` leads to the place."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Encoder:
    """Makes tables. ``refer`` gives the label of a record or package that is stored elsewhere."""

    portable: Portable
    refer: Callable[[Any], str]

    def table(self, value: Any, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
        """The table of a dataclass, without some fields."""
        hints = _hints(type(value))
        result = {}
        for field in fields(value):
            item = getattr(value, field.name)
            if field.name in without or item == field.default or field.name not in hints:
                continue
            result[key_of(field.name)] = self._value(item, hints[field.name], field.name)
        return result

    def _value(self, value: Any, hint: Any, name: str) -> Any:
        if isinstance(value, SHARED):
            return self.refer(value)
        if is_dataclass(value):
            return self.table(value)
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, tuple):
            return self._many(value, hint, name)
        if isinstance(value, str):
            return self.portable.pack_url(value) if name in URL_FIELDS else self.portable.pack(value)
        return value

    def _many(self, value: tuple[Any, ...], hint: Any, name: str) -> Any:
        item = _item_hint(hint)
        if (pair := _pair_hint(item)) is not None:
            return {key: self._value(each, pair, name) for key, each in value}
        return [self._value(each, item, name) for each in value]


@dataclass(frozen=True, slots=True)
class Decoder:
    """Reads tables. ``shared`` holds the records and packages by type and label. Raises :class:`MalformedError`."""

    portable: Portable
    shared: Mapping[type, Mapping[str, Any]]

    def table(self, kind: type[T], data: Any, path: Path, **known: Any) -> T:
        """The dataclass of a table; ``known`` are fields that the table leaves out."""
        if not isinstance(data, dict):
            raise MalformedError(path, "expected a table")
        hints = _hints(kind)
        names = {key_of(name): name for name in hints if name not in known}
        for key in data:
            if key not in names:
                raise MalformedError((*path, key), "unknown key")
        values = dict(known)
        for field in fields(kind):  # type: ignore[arg-type]  # kind is always one of the dataclasses of the lock
            key = key_of(field.name)
            if key in data and key in names:
                value = self._value(data[key], hints[field.name], field.name, (*path, key))
                values[field.name] = _checked(kind, field.name, value, (*path, key))
            elif field.name not in known and field.default is MISSING:
                raise MalformedError(path, f"the key {key!r} is missing")
        return kind(**values)

    def _value(self, data: Any, hint: Any, name: str, path: Path) -> Any:
        hint = _plain(hint)
        if hint in SHARED:
            return self._shared(hint, data, path)
        if is_dataclass(hint):
            return self.table(hint, data, path)  # type: ignore[arg-type]  # a dataclass type, never an instance
        if get_origin(hint) is tuple:
            return self._many(data, hint, name, path)
        if get_origin(hint) in (Union, UnionType):
            return self._one_of(data, get_args(hint), name, path)
        if get_origin(hint) is Literal:
            return _chosen(data, get_args(hint), path)
        if issubclass(hint, Enum):
            return hint(_chosen(data, tuple(each.value for each in hint), path))
        if type(data) is not hint:
            raise MalformedError(path, f"expected {_NAMES[hint]}")
        if hint is str:
            return self.portable.unpack_url(data) if name in URL_FIELDS else self.portable.unpack(data)
        return data

    def _many(self, data: Any, hint: Any, name: str, path: Path) -> tuple[Any, ...]:
        item = _item_hint(hint)
        if (pair := _pair_hint(item)) is not None:
            if not isinstance(data, dict):
                raise MalformedError(path, "expected a table")
            return tuple((key, self._value(each, pair, name, (*path, key))) for key, each in data.items())
        if not isinstance(data, list):
            raise MalformedError(path, "expected a list")
        return tuple(self._value(each, item, name, (*path, number)) for number, each in enumerate(data))

    def _one_of(self, data: Any, hints: tuple[Any, ...], name: str, path: Path) -> Any:
        fitting = [hint for hint in hints if (get_origin(hint) is tuple) == isinstance(data, list)]
        return self._value(data, (fitting or hints)[0], name, path)

    def _shared(self, kind: type, label: Any, path: Path) -> Any:
        found = self.shared[kind].get(label) if isinstance(label, str) else None
        if found is None:
            raise MalformedError(path, f"the lock refers to {label!r} but has no such package")
        return found


_NAMES = {str: "a string", int: "an integer", bool: "true or false"}


def key_of(name: str) -> str:
    """The TOML key of a field."""
    return name.replace("_", "-")


_known_hints: dict[type, dict[str, Any]] = {}


def _hints(kind: type) -> dict[str, Any]:
    """The type hints of the fields that are written."""
    if kind not in _known_hints:
        written = {field.name for field in fields(kind) if field.compare}
        hints = get_type_hints(kind)
        _known_hints[kind] = {name: hints[name] for name in written if not _holds_location(hints[name])}
    return _known_hints[kind]


def _holds_location(hint: Any) -> bool:
    return Location in (hint, *get_args(hint))


def _plain(hint: Any) -> Any:
    """The hint without ``None`` (TOML has no null: the key is left out) and without a new name for an old type."""
    if isinstance(hint, NewType):
        return hint.__supertype__
    if get_origin(hint) in (Union, UnionType):
        rest = [each for each in get_args(hint) if each is not type(None)]
        return _plain(rest[0]) if len(rest) == 1 else hint
    return hint


def _item_hint(hint: Any) -> Any:
    return get_args(_plain(hint))[0]


def _pair_hint(item: Any) -> Any:
    """The hint of the values when the items are pairs of a name and a value, else ``None``."""
    arguments = get_args(item)
    is_pair = get_origin(item) is tuple and len(arguments) == 2 and arguments[1] is not Ellipsis
    return arguments[1] if is_pair else None


def _checked(kind: type, field: str, value: Any, path: Path) -> Any:
    try:
        check_field(kind, field, value)
    except ValueError as error:
        raise MalformedError(path, str(error)) from None
    return value


def _chosen(data: Any, allowed: tuple[Any, ...], path: Path) -> Any:
    if data not in allowed:
        raise MalformedError(path, f"expected one of {', '.join(map(str, allowed))}")
    return data
