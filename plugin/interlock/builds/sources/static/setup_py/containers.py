"""Lists, dictionaries and comprehensions in a setup.py."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from interlock.builds.sources.static.setup_py.operators import Operators
from interlock.builds.sources.static.setup_py.values import (
    Mapping,
    NotConcreteError,
    Ref,
    Sequence,
    Unknown,
    Value,
)


class Containers(Operators):
    """Evaluates displays and comprehensions."""

    @abstractmethod
    def evaluate(self, node: ast.expr) -> Value:
        """The value of an expression."""

    @abstractmethod
    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind a value to the target of an assignment."""

    @abstractmethod
    def repeat(self, once: Callable[[], None], reason: str) -> None:
        """Follow code that is run any number of times."""

    def elements(self, nodes: list[ast.expr]) -> list[Value]:
        """The values of expressions, with those of ``*iterables`` among them. Raises :class:`NotConcreteError`."""
        values: list[Value] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                values.extend(self.items(self.evaluate(node.value)))
            else:
                values.append(self.evaluate(node))
        return values

    def unpacked(self, value: Value) -> dict[Any, Value]:
        """What ``**`` of a value gives. Raises :class:`NotConcreteError`."""
        content = self.held(value)
        if not isinstance(content, Mapping):
            raise NotConcreteError(self.as_unknown(content))
        return self.certain(content)

    def _elements(self, node: ast.List | ast.Tuple | ast.Set) -> tuple[Value, ...] | Unknown:
        try:
            return tuple(self.elements(node.elts))
        except NotConcreteError as error:
            self.may_raise()
            return error.unknown

    def _eval_list(self, node: ast.List) -> Value:
        found = self._elements(node)
        return self.new(found if isinstance(found, Unknown) else Sequence(found))

    def _eval_tuple(self, node: ast.Tuple) -> Value:
        return self._elements(node)

    def _eval_set(self, node: ast.Set) -> Value:
        found = self._elements(node)
        return self.new(found if isinstance(found, Unknown) else Sequence(found, "set"))

    def _eval_dict(self, node: ast.Dict) -> Value:
        items: dict[Any, Value] = {}
        obstacle: Unknown | None = None
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.evaluate(item)
            try:
                if key is not None:
                    items[self.concrete(self.evaluate(key))] = value
                    continue
                items |= self.unpacked(value)
            except (NotConcreteError, TypeError) as error:
                reason = error.unknown.reason if isinstance(error, NotConcreteError) else "a key is not hashable"
                obstacle = obstacle or self.unknown(reason, value)
        if obstacle is not None:
            self.escape(obstacle.reason, *items.values())
            return self.new(Unknown(obstacle.reason))
        return self.new(Mapping(items))

    def _eval_starred(self, node: ast.Starred) -> Value:
        return self.unknown(f"{self.place(node)} has a * that is not followed", self.evaluate(node.value))

    def _eval_listcomp(self, node: ast.ListComp) -> Value:
        return self._comprehension(node, lambda: self.evaluate(node.elt), "list")

    def _eval_setcomp(self, node: ast.SetComp) -> Value:
        return self._comprehension(node, lambda: self.evaluate(node.elt), "set")

    def _eval_generatorexp(self, node: ast.GeneratorExp) -> Value:
        return self._comprehension(node, lambda: self.evaluate(node.elt), "iterator")

    def _eval_dictcomp(self, node: ast.DictComp) -> Value:
        pairs = self._comprehension(node, lambda: (self.evaluate(node.key), self.evaluate(node.value)), "list")
        content = self.content(pairs)
        try:
            if isinstance(content, Sequence):
                return self.new(Mapping({self.concrete(key): value for key, value in content.items}))
            raise NotConcreteError(self.as_unknown(content))
        except (NotConcreteError, TypeError):
            return self.new(self.unknown(f"{self.place(node)} makes a dictionary that is not known", pairs))

    def _comprehension(self, node: Any, element: Callable[[], Value], kind: Any) -> Ref:
        found: list[Value] = []
        outer = self.frame.scope
        self.frame.scope = self.new_scope(outer, {})
        try:
            self._generate(list(node.generators), element, found)
        except NotConcreteError as error:
            unknown = error.unknown
            self.may_raise()
            self.repeat(lambda: self._once(node, element, unknown), unknown.reason)
            return self.new(Unknown(unknown.reason))
        finally:
            self.frame.scope = outer
        return self.new(Sequence(tuple(found), kind))

    def _once(self, node: Any, element: Callable[[], Value], unknown: Unknown) -> None:
        for generator in node.generators:
            self.evaluate(generator.iter)
            self.assign(generator.target, unknown)
            for condition in generator.ifs:
                self.evaluate(condition)
        element()

    def _generate(self, generators: list[ast.comprehension], element: Callable[[], Value], found: list[Value]) -> None:
        if not generators:
            found.append(element())
            return
        generator, *rest = generators
        for item in self.items(self.evaluate(generator.iter)):
            self.step()
            self.assign(generator.target, item)
            if self._passes(generator.ifs):
                self._generate(rest, element, found)

    def _passes(self, conditions: list[ast.expr]) -> bool:
        for condition in conditions:
            value = self.evaluate(condition)
            truth = self.truth(value)
            if truth is None:
                raise NotConcreteError(self.as_unknown(value))
            if not truth:
                return False
        return True
