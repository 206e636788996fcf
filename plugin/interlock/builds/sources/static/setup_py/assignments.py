"""Statements of a setup.py that bind, change or delete names and parts of objects."""

from __future__ import annotations

import ast

from interlock.builds.sources.static.setup_py.imports import Imports
from interlock.builds.sources.static.setup_py.known_functions import PRESENT
from interlock.builds.sources.static.setup_py.values import (
    External,
    Function,
    GiveUpError,
    LocalClass,
    LocalModule,
    Mapping,
    NotConcreteError,
    Ref,
    Sequence,
    Unknown,
    Value,
)

_TRANSPARENT = ("functools.lru_cache", "functools.cache")
# Whoever changes an attribute of these changes what everything else here takes for granted.
_RELIED_ON = ("setuptools", "distutils", "pkg_resources", "sys", "os", "platform", "re", "builtins", "pathlib", "io")
_HARMLESS_CHANGES = (
    "sys.path", "sys.argv", "sys.dont_write_bytecode", "os.environ", "os.link", "builtins.__",
    "distutils.ccompiler.", "distutils.unixccompiler.", "distutils.sysconfig.", "distutils.command.build_ext.",
    "setuptools._distutils.ccompiler.", "setuptools.command.build_ext.", "setuptools.command.sdist.",
    "setuptools.command.egg_info.manifest_maker.",
)  # fmt: skip


class Assignments(Imports):
    """Follows assignments, definitions and deletions."""

    def _exec_assign(self, node: ast.Assign) -> None:
        value = self.evaluate(node.value)
        for target in node.targets:
            self.assign(target, value)

    def _exec_annassign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value))

    def _exec_augassign(self, node: ast.AugAssign) -> None:
        before = self.evaluate(_loaded(node.target))
        value = self.evaluate(node.value)
        if isinstance(node.op, ast.Add) and isinstance(before, Ref):
            content = self.content(before)
            if isinstance(content, Sequence) and content.kind == "list":
                self.extend(before, content, value)
                return
        if isinstance(before, (Ref, Unknown)):
            # In place or not: other names of the object may see it.
            self.escape(f"{self.place(node)} changes it", before)
        self.assign(node.target, self.operate(node.op, before, value, node))

    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind a value to the target of an assignment."""
        match target:
            case ast.Name():
                self.bind(target.id, value)
            case ast.Tuple() | ast.List():
                self._unpack(target, value)
            case ast.Subscript():
                self._assign_part(target, value)
            case ast.Attribute():
                self._assign_attribute(target, value)
            case _:
                raise GiveUpError(f"{self.place(target)} assigns to what is not followed")

    def _unpack(self, target: ast.Tuple | ast.List, value: Value) -> None:
        try:
            items = self.items(value)
        except NotConcreteError as error:
            items, reason = (), error.unknown.reason
        else:
            reason = f"{self.place(target)} unpacks what is not followed"
        starred = any(isinstance(each, ast.Starred) for each in target.elts)
        if starred or len(items) != len(target.elts):
            self.unknown(reason, value, *items)
            items = (Unknown(reason),) * len(target.elts)
        for each, item in zip(target.elts, items, strict=True):
            self.assign(each.value if isinstance(each, ast.Starred) else each, item)

    def _assign_part(self, target: ast.Subscript, value: Value) -> None:
        owner, key = self.evaluate(target.value), self.evaluate(target.slice)
        content = self.content(owner) if isinstance(owner, Ref) else None
        try:
            if isinstance(content, Mapping):
                self.state.heap[owner.id] = content.with_item(self.concrete(key), value)
                return
            if isinstance(content, Sequence) and isinstance(index := self.concrete(key), int):
                items = list(content.items)
                items[index] = value
                self.state.heap[owner.id] = Sequence(tuple(items), content.kind)
                return
        except (NotConcreteError, TypeError, LookupError):
            pass
        if isinstance(owner, External):
            replaced = owner.dotted == "sys.modules" and isinstance(key, str) and key.partition(".")[0] not in PRESENT
            if not replaced:
                self._change_external(owner.dotted, target)
        self.unknown(f"{self.place(target)} changes a part of it", owner, value)

    def _assign_attribute(self, target: ast.Attribute, value: Value) -> None:
        owner = self.evaluate(target.value)
        if isinstance(owner, External):
            self._change_external(f"{owner.dotted}.{target.attr}", target)
        if isinstance(owner, LocalModule):
            content = self.state.heap[owner.scope]
            if isinstance(content, Mapping):
                self.state.heap[owner.scope] = content.with_item(target.attr, value)
                return
        if isinstance(owner, (Function, LocalClass)):
            raise GiveUpError(f"{self.place(target)} changes a function or class")
        self.unknown(f"{self.place(target)} sets an attribute", owner, value)

    def _change_external(self, dotted: str, node: ast.AST) -> None:
        if dotted.partition(".")[0] in _RELIED_ON and not dotted.startswith(_HARMLESS_CHANGES):
            raise GiveUpError(f"{self.place(node)} changes {dotted}")

    def _exec_delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.bind(target.id, Unknown(f"{target.id} is deleted", absent=True))
            elif isinstance(target, ast.Subscript):
                owner = self.evaluate(target.value)
                if isinstance(owner, Ref):
                    self._delete_part(owner, self.evaluate(target.slice), target)
                elif isinstance(owner, Unknown):
                    self.unknown(f"{self.place(target)} deletes a part of it", owner)
            elif isinstance(target, ast.Attribute) and isinstance(owner := self.evaluate(target.value), External):
                self.may_raise()
                self._change_external(f"{owner.dotted}.{target.attr}", target)
            else:
                raise GiveUpError(f"{self.place(node)} deletes what is not followed")

    def _delete_part(self, owner: Ref, key: Value, node: ast.AST) -> None:
        content = self.content(owner)
        try:
            if isinstance(content, Mapping) and (known := self.concrete(key)) in content.items:
                rest = {each: value for each, value in content.items.items() if each != known}
                self.state.heap[owner.id] = Mapping(rest)
                return
        except (NotConcreteError, TypeError):
            pass
        self.unknown(f"{self.place(node)} deletes a part of it", owner)

    # Definitions

    def _exec_functiondef(self, node: ast.FunctionDef) -> None:
        transparent = [self._is_transparent(each) for each in node.decorator_list]
        function = self.function(node)
        self.bind(node.name, function if all(transparent) else Unknown(f"{node.name}() is decorated"))

    def _is_transparent(self, decorator: ast.expr) -> bool:
        """Whether a decorated function does what it does without the decorator."""
        self.evaluate(decorator)
        factory = decorator.func if isinstance(decorator, ast.Call) else decorator
        value = self.evaluate(factory) if isinstance(factory, (ast.Name, ast.Attribute)) else None
        return isinstance(value, External) and value.dotted in _TRANSPARENT

    def _exec_asyncfunctiondef(self, node: ast.AsyncFunctionDef) -> None:
        self.bind(node.name, Unknown(f"{node.name}() is asynchronous"))

    def _exec_classdef(self, node: ast.ClassDef) -> None:
        # What its methods could do to the metadata is looked for elsewhere, in the text.
        bases = [*node.bases, *(keyword.value for keyword in node.keywords), *node.decorator_list]
        suspects = (self.distrust(self.evaluate(base)) for base in bases)
        self.bind(node.name, LocalClass(node.name, next(filter(None, suspects), None)))


def _loaded(target: ast.expr) -> ast.expr:
    """The target of an augmented assignment, to be read."""
    match target:
        case ast.Name():
            return ast.copy_location(ast.Name(target.id, ast.Load()), target)
        case ast.Subscript():
            return ast.copy_location(ast.Subscript(target.value, target.slice, ast.Load()), target)
        case ast.Attribute():
            return ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)
    return target
