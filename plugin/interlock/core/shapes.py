"""Whether data has the types that are written down for it, and what of it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

_SEQUENCES = {list: (list, tuple)}


def texts_in(value: object) -> tuple[str, ...]:
    """The strings of an array; none if it is something else."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The same with every text in it changed: dataclasses, tuples, lists and dictionaries, however deep.

    Members of enumerations and what else is there, such as paths, stay as they are.
    """
    if isinstance(value, str):
        return value if isinstance(value, Enum) else change(value)
    if isinstance(value, (tuple, list)):
        return type(value)(with_texts(each, change) for each in value)
    if isinstance(value, dict):
        return {key: with_texts(each, change) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        items = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        return replace(value, **{name: with_texts(item, change) for name, item in items.items()})
    return value


def fits(value: Any, expected: Any) -> bool:
    """Whether a value is of a type, for the forms of types that hooks and records use; a list may be a tuple."""
    # Most are plain classes, and asking what a type is made of takes longer than comparing.
    if type(expected) is type and expected is not float:
        return isinstance(value, expected)
    origin, arguments = get_origin(expected), get_args(expected)
    if isinstance(expected, NewType):
        return fits(value, expected.__supertype__)
    if origin in (Union, UnionType):
        return any(fits(value, choice) for choice in arguments)
    if origin is Literal:
        return value in arguments
    if origin is None:
        return expected is Any or isinstance(value, (int, float) if expected is float else expected)
    return isinstance(value, _SEQUENCES.get(origin, (origin,))) and _items_fit(value, origin, arguments)


def _items_fit(value: Any, origin: Any, arguments: tuple[Any, ...]) -> bool:
    if isinstance(value, Mapping):
        return all(fits(item, kind) for pair in value.items() for item, kind in zip(pair, arguments, strict=True))
    if origin is tuple and arguments[-1] is not Ellipsis:
        return len(value) == len(arguments) and all(fits(*pair) for pair in zip(value, arguments, strict=True))
    return all(fits(item, arguments[0]) for item in value)


def check_fields(instance: Any) -> None:
    """Raise :class:`TypeError` if a field of a dataclass, or of those in it, has another type than the class says."""
    kind: Any = type(instance)
    hints = _hints(kind)
    for field in fields(instance):
        value = getattr(instance, field.name)
        if not fits(value, hints[field.name]):
            raise TypeError(f"{field.name} cannot be {value!r}")
        for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ():
            if is_dataclass(inner):
                check_fields(inner)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
