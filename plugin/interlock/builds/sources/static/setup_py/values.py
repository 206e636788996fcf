"""The values of the abstract evaluation.

A value is a Python object that cannot change (text, numbers, ``None``, tuples, matches of regular expressions, pure
paths), or one of the classes below. Lists, dictionaries and sets are in the heap, so that two names of one list stay
two names of one list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeGuard

if TYPE_CHECKING:
    import ast

Value = Any


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only running the code would tell.

    ``among`` are values that it may be; it is one of them if ``complete``. ``absent`` says that the name or key may not
    be bound at all.
    """

    reason: str
    among: tuple[Value, ...] = ()
    complete: bool = False
    absent: bool = False


@dataclass(frozen=True, slots=True)
class CudaExtension(Unknown):
    """An extension module of torch's that surely has sources for nvcc."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A list, dictionary or set in the heap."""

    id: int


Kind = Literal["list", "set", "iterator", "file"]


@dataclass(frozen=True, slots=True)
class Sequence:
    """The content of a list in the heap, or of something else with items in order.

    An ``iterator`` can be used once; an open ``file`` has one item, the text that is still to be read.
    """

    items: tuple[Value, ...] = ()
    kind: Kind = "list"


@dataclass(frozen=True, slots=True)
class Mapping:
    """The content of a dictionary, or the names of a scope, in the heap."""

    items: dict[Any, Value] = field(default_factory=dict)

    def with_item(self, key: Any, value: Value) -> Mapping:
        """The content with another value of a key."""
        return Mapping({**self.items, key: value})


Content = Sequence | Mapping | Unknown


@dataclass(frozen=True, slots=True)
class External:
    """Something that is imported, known by its dotted name only: ``re.search``, ``torch.cuda``, ``builtins.len``."""

    dotted: str


@dataclass(frozen=True, slots=True)
class Dependent:
    """A value that depends on where the wheel is installed: one value for each point of an axis of worlds."""

    axis: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the source; ``scope`` is the one that it was defined in."""

    node: ast.FunctionDef | ast.Lambda
    scope: int
    file: str
    defaults: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class LocalClass:
    """A class of the source; what it can do is looked for in its text, unless it comes from a ``suspect``."""

    name: str
    suspect: str | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """A method bound to its object."""

    owner: Value
    name: str


@dataclass(frozen=True, slots=True)
class LocalModule:
    """A module of the source tree; ``scope`` has its names."""

    scope: int


@dataclass(frozen=True, slots=True)
class ModuleSpec:
    """A module that is to be loaded from a file of the source tree, and its loader."""

    path: str


def is_same(one: Value, other: Value) -> bool:
    """Whether two values are certainly the same one; 1, 1.0 and True are three values."""
    if one is other:
        return True
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and bool(one == other)


def is_lacking(value: Value) -> TypeGuard[Unknown]:
    """Whether a name or key may not be bound at all."""
    return isinstance(value, Unknown) and value.absent


class GiveUpError(Exception):
    """The code does something that cannot be followed and could change everything."""


class DeadEndError(Exception):
    """The way through the code ends with an exception, or leaves the program."""


class NotConcreteError(Exception):
    """A value has parts that are not known."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown
