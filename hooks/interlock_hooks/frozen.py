"""Frozen dataclasses that are quick to define.

:func:`dataclasses.dataclass` compiles six methods for each class, which takes most of the time of importing a module of
such classes. Here ``__init__`` alone is compiled, and all classes share the others. What comes of it is a dataclass
(PEP 557): :func:`dataclasses.fields`, :func:`~dataclasses.replace` and :func:`~dataclasses.asdict` know it, and it
compares, hashes, pickles and refuses changes like a frozen one.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, FrozenInstanceError, fields, is_dataclass
from dataclasses import dataclass as standard_dataclass
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    # For type checkers it is the decorator of the standard library, which they know.
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, slots: bool, kw_only: bool = False) -> Callable[[type], type]:
        """Make a class a dataclass, which has to be frozen and to have slots; ``kw_only`` as in the standard library.

        Fields that only ``__init__`` gets (``InitVar``), an order, and hashes that differ from equality are not for it.
        """
        if not (frozen and slots):
            raise TypeError("only frozen dataclasses with slots are quick to define")
        return lambda cls: _defined(cls, kw_only=kw_only)


class _Made:
    """What stands for the default of a field in the signature where a function makes it."""

    def __repr__(self) -> str:
        return "<factory>"


_MADE = _Made()


def _defined(cls: type, *, kw_only: bool) -> type:
    if any(map(is_dataclass, cls.__bases__)):
        return standard_dataclass(frozen=True, slots=True, kw_only=kw_only)(cls)
    for method in _METHODS:
        if method.__name__ not in vars(cls):
            setattr(cls, method.__name__, method)
    # Slots make another class of it, of the same name.
    made: Any = standard_dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
    # A frozen dataclass can extend frozen ones alone.
    made.__dataclass_params__.frozen = True
    names = [field.name for field in fields(made) if field.compare]
    made.__compared__ = attrgetter(*names) if names else staticmethod(_nothing)
    made.__init__ = _initializer(made, fields(made))
    return cast("type", made)


def _initializer(cls: type, members: Iterable[Field[Any]]) -> Callable[..., None]:
    """The function that sets all fields, as the standard library would write it."""
    members = sorted(members, key=lambda field: field.kw_only is True)
    known: dict[str, Any] = {"_set": object.__setattr__, "_MADE": _MADE}
    arguments, lines = ["self"], []
    for field in members:
        name = value = field.name
        if field.kw_only and "*" not in arguments:
            arguments.append("*")
        default = ""
        if field.default is not MISSING:
            known[f"_default_{name}"] = field.default
            default = f"=_default_{name}"
        elif field.default_factory is not MISSING:
            known[f"_make_{name}"] = field.default_factory
            default, value = "=_MADE", f"_make_{name}() if {name} is _MADE else {name}"
        arguments.append(name + default)
        lines.append(f" _set(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    exec(f"def __init__({', '.join(arguments)}):\n" + ("\n".join(lines) or " pass"), known)  # noqa: S102 - of names alone
    function: Callable[..., None] = known["__init__"]
    function.__annotations__ = {field.name: field.type for field in members} | {"return": None}
    function.__qualname__ = f"{cls.__qualname__}.__init__"
    function.__module__ = cls.__module__
    return function


def _nothing(_: object) -> tuple[()]:
    return ()


def _fields(instance: Any) -> tuple[Field[Any], ...]:
    return fields(instance)


class _Shared:
    """The methods that become part of each class."""

    __compared__: Callable[[object], object]

    @recursive_repr()
    def __repr__(self) -> str:
        values = (f"{field.name}={getattr(self, field.name)!r}" for field in _fields(self) if field.repr)
        return f"{type(self).__qualname__}({', '.join(values)})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(self.__compared__(self) == self.__compared__(other))

    def __hash__(self) -> int:
        return hash(self.__compared__(self))

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __getstate__(self) -> list[Any]:
        return [getattr(self, field.name) for field in _fields(self)]

    def __setstate__(self, state: Iterable[Any]) -> None:
        for field, value in zip(_fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)


_METHODS = tuple(method for method in vars(_Shared).values() if callable(method))
