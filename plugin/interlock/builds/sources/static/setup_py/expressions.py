"""Expressions of a setup.py, evaluated abstractly."""

from __future__ import annotations

import ast
import builtins
import operator
from abc import abstractmethod
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from interlock.builds.sources.static.setup_py.containers import Containers
from interlock.builds.sources.static.setup_py.environment import depends_on_environment
from interlock.builds.sources.static.setup_py.files import ROOT
from interlock.builds.sources.static.setup_py.known_functions import ALWAYS_THERE, CONSTANTS, PRESENT
from interlock.builds.sources.static.setup_py.state import join, join_values
from interlock.builds.sources.static.setup_py.values import (
    DeadEndError,
    Dependent,
    External,
    Function,
    GiveUpError,
    LocalModule,
    Mapping,
    Method,
    ModuleSpec,
    NotConcreteError,
    Ref,
    Sequence,
    Unknown,
    Value,
    is_lacking,
)

_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
_NAMES: dict[str, Value] = {"__file__": f"{ROOT}/setup.py", "__name__": "__main__", "__doc__": Unknown("__doc__")}


def _without_none(values: tuple[Value, ...]) -> list[Value]:
    return [value for value in values if value is not None]


class Expressions(Containers):
    """Evaluates expressions; what a call does is decided elsewhere."""

    @abstractmethod
    def call(self, node: ast.Call) -> Value:
        """The result of a call."""

    def evaluate(self, node: ast.expr) -> Value:
        """The value of an expression."""
        self.step()
        method = getattr(self, f"_eval_{type(node).__name__.lower()}", None)
        if method is None:
            raise GiveUpError(f"{self.place(node)} has an expression that is not followed")
        return method(node)

    def _eval_constant(self, node: ast.Constant) -> Value:
        return node.value if isinstance(node.value, (str, bytes, int, float, type(None))) else Unknown("a constant")

    # Names

    def _eval_name(self, node: ast.Name) -> Value:
        return self.lookup(node.id, node)

    def lookup(self, name: str, node: ast.AST) -> Value:
        """The value of a name."""
        self.read.add(name)
        frame = self.frame
        scope: int | None = frame.module if name in frame.globals else frame.scope
        while scope is not None:
            content = self.state.heap[scope]
            if isinstance(content, Mapping) and name in content.items:
                value = content.items[name]
                if is_lacking(value):
                    self.may_raise()
                return value
            if isinstance(content, Unknown):
                return content
            scope = self.parents[scope]
        if name in _NAMES:
            return _NAMES[name]
        if hasattr(builtins, name):
            return External(f"builtins.{name}")
        return self.unknown(f"{self.place(node)} uses the name {name}, which is not bound there")

    def own_name(self) -> Value:
        """The name of the module that is followed, which nobody can have bound to another one."""
        content = self.state.heap[self.frame.module]
        return content.items.get("__name__", "__main__") if isinstance(content, Mapping) else None

    def bind(self, name: str, value: Value) -> None:
        """Bind a name in the scope of the code that is followed."""
        frame = self.frame
        scope = frame.module if name in frame.globals else frame.scope
        content = self.state.heap[scope]
        if isinstance(content, Mapping):
            self.state.heap[scope] = content.with_item(name, value)

    # Text and numbers

    def _eval_joinedstr(self, node: ast.JoinedStr) -> Value:
        parts = [self.evaluate(part) for part in node.values]
        return self.pure("an f-string", lambda *texts: "".join(texts), *parts)

    def _eval_formattedvalue(self, node: ast.FormattedValue) -> Value:
        spec = "" if node.format_spec is None else self.evaluate(node.format_spec)
        conversions: dict[int, Callable[[Any], Any]] = {115: str, 114: repr, 97: ascii}
        convert = conversions.get(node.conversion, lambda value: value)

        def formatted(value: Any, form: str) -> str:
            if sum(map(str.isdigit, form)) > 3:
                raise ValueError("too long")
            return format(convert(value), form)

        return self.pure("an f-string", formatted, self.evaluate(node.value), spec)

    def _eval_binop(self, node: ast.BinOp) -> Value:
        return self.operate(node.op, self.evaluate(node.left), self.evaluate(node.right), node)

    def _eval_unaryop(self, node: ast.UnaryOp) -> Value:
        value = self.evaluate(node.operand)
        if not isinstance(node.op, ast.Not):
            operation = _UNARY.get(type(node.op))
            return self.pure("an operator", operation, value) if operation else self.unknown("~", value)
        if isinstance(value, Dependent):
            return self.pure("not", operator.not_, value)
        truth = self.truth(value)
        return self.as_unknown(value) if truth is None else not truth

    # Decisions

    def _eval_compare(self, node: ast.Compare) -> Value:
        values = [self.evaluate(node.left), *map(self.evaluate, node.comparators)]
        results: list[Value] = [
            self.comparison(op, left, right) for op, left, right in zip(node.ops, values, values[1:], strict=False)
        ]
        if len(results) == 1:
            return results[0]
        return self.pure("a comparison", lambda *held: all(held), *results)

    def _eval_boolop(self, node: ast.BoolOp) -> Value:
        stops_at = isinstance(node.op, ast.Or)
        return self._any_of(node.values, stops_at=stops_at, node=node)

    def _any_of(self, nodes: list[ast.expr], *, stops_at: bool, node: ast.AST) -> Value:
        value = self.evaluate(nodes[0])
        if len(nodes) == 1:
            return value
        truth = self.truth(value)
        if truth is not None:
            return self.force(value) if truth is stops_at else self._any_of(nodes[1:], stops_at=stops_at, node=node)
        reason = self.as_unknown(value).reason
        return self._either(lambda: self._any_of(nodes[1:], stops_at=stops_at, node=node), lambda: value, reason)

    def _eval_ifexp(self, node: ast.IfExp) -> Value:
        test = self.evaluate(node.test)
        truth = self.truth(test)
        if truth is not None:
            return self.evaluate(node.body if truth else node.orelse)
        reason = f"{self.as_unknown(test).reason} ({self.place(node)})"
        return self._either(lambda: self.evaluate(node.body), lambda: self.evaluate(node.orelse), reason)

    def _either(self, one: Callable[[], Value], other: Callable[[], Value], reason: str) -> Value:
        """The value of one of two expressions, nobody knows which."""
        before = self.state
        found: list[tuple[Value, Any]] = []
        for way in (one, other):
            self.state = before
            self.state = self.fork()
            try:
                found.append((way(), self.state))
            except DeadEndError:
                continue
        if not found:
            self.state = before
            raise DeadEndError
        if len(found) == 1:
            value, self.state = found[0]
            return value
        (first, here), (second, there) = found
        joined = join(here, there, reason)
        assert joined is not None  # noqa: S101 - both ways go on
        self.state = joined
        return join_values(first, second, reason, (here, there))

    def spoil(self, node: ast.AST, unknown: Unknown) -> None:
        """Code that is not followed may change whatever it names."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
                value = self.lookup(inner.id, inner)
                if isinstance(value, Function):
                    raise GiveUpError(f"{self.place(node)} calls {inner.id} on {unknown.reason}")
                self.escape(f"{unknown.reason} ({self.place(node)})", value)

    # Parts

    def _eval_attribute(self, node: ast.Attribute) -> Value:
        return self.attribute(self.evaluate(node.value), node.attr, node)

    def attribute(self, value: Value, name: str, node: ast.AST) -> Value:
        """An attribute of a value."""
        if isinstance(value, External):
            if value.dotted not in PRESENT or (value.dotted, name) not in ALWAYS_THERE:
                self.may_raise()
            return self.external(f"{value.dotted}.{name}")
        if isinstance(value, LocalModule):
            self.read.add(name)
            content = self.state.heap[value.scope]
            if isinstance(content, Mapping) and name in content.items:
                return content.items[name]
            return self.unknown(f"{self.place(node)} uses {name} of a module that is not followed")
        if isinstance(value, ModuleSpec) and name == "loader":
            return value
        if isinstance(value, Unknown) and not value.among:
            return self.unknown(value.reason)
        if isinstance(value, Unknown) and value.complete and len(others := _without_none(value.among)) == 1:
            # Of None, to ask for an attribute raises.
            self.may_raise()
            return self.attribute(others[0], name, node)
        if isinstance(value, Dependent) and name in ("major", "minor", "micro"):
            return self.pure(name, operator.itemgetter(("major", "minor", "micro").index(name)), value)
        if isinstance(value, PurePosixPath) and name in ("parent", "name", "stem", "suffix", "parts"):
            return getattr(value, name)
        if isinstance(value, PurePosixPath) and name == "parents":
            return tuple(value.parents)
        return Method(value, name)

    def external(self, dotted: str) -> Value:
        """What an imported name stands for."""
        if dotted in CONSTANTS:
            return CONSTANTS[dotted]
        found = depends_on_environment(dotted)
        return External(dotted) if found is None else found

    def _eval_subscript(self, node: ast.Subscript) -> Value:
        owner, key = self.evaluate(node.value), self.evaluate(node.slice)
        content = self.content(owner) if isinstance(owner, Ref) else None
        try:
            if isinstance(content, Mapping):
                found = content.items[self.concrete(key)]
                if is_lacking(found):
                    self.may_raise()
                return found
            if isinstance(content, Sequence) and content.kind == "list":
                index = self.concrete(key)
                part = content.items[index]
                return self.new(Sequence(part)) if isinstance(index, slice) else part
            if isinstance(owner, tuple):
                return owner[self.concrete(key)]
        except (NotConcreteError, LookupError, TypeError):
            return self.unknown(f"{self.place(node)} uses a part that is not known", owner)
        if isinstance(owner, External):
            if owner.dotted == "sys.modules":
                if key == self.own_name():
                    return LocalModule(self.frame.module)
                raise GiveUpError(f"{self.place(node)} takes a module from sys.modules")
            return self.unknown(f"{self.place(node)} depends on {owner.dotted}", key)
        return self.sharing(operator.getitem, owner, key, node)

    def _eval_slice(self, node: ast.Slice) -> Value:
        bounds = [None if each is None else self.evaluate(each) for each in (node.lower, node.upper, node.step)]
        return self.pure("a slice", slice, *bounds)

    def _eval_lambda(self, node: ast.Lambda) -> Value:
        return self.function(node)

    def function(self, node: ast.FunctionDef | ast.Lambda) -> Function:
        """The function that a definition makes here; its defaults are evaluated now."""
        arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        tail = positional[len(positional) - len(arguments.defaults) :]
        pairs = [*zip(tail, arguments.defaults, strict=True)]
        pairs += [(arg, value) for arg, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value]
        defaults = tuple((arg.arg, self.evaluate(value)) for arg, value in pairs)
        return Function(node, self.frame.scope, self.frame.file, defaults)

    def _eval_namedexpr(self, node: ast.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        inner, self.frame.scope = self.frame.scope, self.frame.base
        self.assign(node.target, value)
        self.frame.scope = inner
        return value

    def _eval_call(self, node: ast.Call) -> Value:
        return self.call(node)
