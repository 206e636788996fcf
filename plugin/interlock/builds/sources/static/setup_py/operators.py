"""Operators and comparisons of a setup.py, applied to abstract values."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

from interlock.builds.sources.static.setup_py.environment import is_among
from interlock.builds.sources.static.setup_py.known_functions import is_present
from interlock.builds.sources.static.setup_py.machine import Machine
from interlock.builds.sources.static.setup_py.values import (
    External,
    Mapping,
    Method,
    NotConcreteError,
    Ref,
    Sequence,
    Unknown,
    Value,
    is_lacking,
)

_LARGEST = 100_000
# A format that asks for a text of thousands of characters, or takes its width from elsewhere.
_WIDE = re.compile(r"%[^a-zA-Z%]*(?:[0-9]{4}|\*)")
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
}


class Operators(Machine):
    """Applies operators to values."""

    def operate(self, op: ast.operator, left: Value, right: Value, node: ast.AST) -> Value:
        """The result of an operator on two values."""
        if isinstance(op, ast.Add) and isinstance(left, Ref) and isinstance(right, Ref):
            one, other = self.content(left), self.content(right)
            if isinstance(one, Sequence) and isinstance(other, Sequence) and one.kind == other.kind == "list":
                return self.new(Sequence((*one.items, *other.items)))
            if isinstance(one, Unknown) or isinstance(other, Unknown):
                # A sum is a new list, but shares the elements.
                obstacle = one if isinstance(one, Unknown) else self.as_unknown(other)
                parts = [each.items for each in (one, other) if isinstance(each, Sequence)]
                return self.new(self.unknown(obstacle.reason, *parts))
        if isinstance(op, ast.Mod):
            return self.pure("%", _modulo, left, right)
        if isinstance(op, ast.Mult):
            return self.pure("*", _times, left, right)
        if isinstance(op, ast.Pow):
            return self.pure("**", _power, left, right)
        operation = _BINARY.get(type(op))
        if operation is None:
            return self.unknown(f"{self.place(node)} has an operator that is not followed", left, right)
        return self.sharing(operation, left, right, node)

    def sharing(self, operation: Callable[[Any, Any], Any], left: Value, right: Value, node: ast.AST) -> Value:
        """The result of an operation; if it is not known, it may share parts with its operands."""
        result = self.pure("an operator", operation, left, right)
        if isinstance(result, Unknown):
            self.escape(f"{self.place(node)}: {result.reason}", left, right)
        return result

    # Comparisons

    def comparison(self, op: ast.cmpop, left: Value, right: Value) -> Value:
        """The result of comparing two values."""
        if isinstance(op, (ast.Is, ast.IsNot)):
            return self._identity(left, right, negated=isinstance(op, ast.IsNot))
        negated = isinstance(op, ast.NotIn)
        if isinstance(op, (ast.In, ast.NotIn)) and isinstance(right, Ref):
            return self._membership(left, right, negated=negated)
        if isinstance(op, (ast.In, ast.NotIn)) and isinstance(right, External) and isinstance(left, str):
            found = is_among(left, right.dotted)
            if found is not None:
                return self.pure("not in", operator.not_, found) if negated else found
        return self.pure("a comparison", _COMPARE[type(op)], left, right)

    def _identity(self, left: Value, right: Value, *, negated: bool) -> Value:
        left, right = self.force(left), self.force(right)
        for value in (left, right):
            if isinstance(value, (Unknown, External, Method)) and not is_present(value):
                return Unknown(self.as_unknown(value).reason)
        singletons = (None, True, False)
        if not any(left is each or right is each for each in singletons):
            return Unknown("it compares identities")
        return (left is right) is not negated

    def _membership(self, left: Value, right: Ref, *, negated: bool) -> Value:
        content = self.content(right)
        if isinstance(content, Mapping):
            try:
                found = content.items.get(self.concrete(left))
                known = self.concrete(left) in content.items
            except (NotConcreteError, TypeError):
                return Unknown("it looks for a key that is not known")
            if is_lacking(found):
                return Unknown(found.reason)
            return known is not negated
        return self.pure("in", _COMPARE[ast.NotIn if negated else ast.In], left, right)


def _modulo(left: Any, right: Any) -> Any:
    if isinstance(left, (str, bytes)) and (len(left) > _LARGEST or _WIDE.search(str(left))):
        raise ValueError("too long")
    return left % right


def _times(left: Any, right: Any) -> Any:
    for number, thing in ((left, right), (right, left)):
        if isinstance(number, int) and (
            (hasattr(thing, "__len__") and len(thing) * number > _LARGEST)
            or (isinstance(thing, int) and max(abs(thing), abs(number)) > 1 << 64)
        ):
            raise ValueError("too large")
    return left * right


def _power(left: Any, right: Any) -> Any:
    if abs(left) > 1 << 16 or abs(right) > 64:
        raise ValueError("too large")
    return left**right
