"""Calls in a setup.py: of its own functions, of what it imports, and of ``setup()``."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any

from interlock.builds.sources.static.setup_py.environment import result_of
from interlock.builds.sources.static.setup_py.known_functions import (
    CHANGES_FILES,
    HARMLESS,
    HARMLESS_MODULES,
    PURE,
    TRUSTED,
)
from interlock.builds.sources.static.setup_py.library import Library
from interlock.builds.sources.static.setup_py.machine import RUN_BY_BUILDS, SETUP_FUNCTIONS, Frame, SetupCall
from interlock.builds.sources.static.setup_py.state import join, join_values
from interlock.builds.sources.static.setup_py.values import (
    CudaExtension,
    DeadEndError,
    External,
    Function,
    GiveUpError,
    LocalClass,
    Mapping,
    Method,
    ModuleSpec,
    NotConcreteError,
    Ref,
    Sequence,
    Unknown,
    Value,
)

_DEEPEST = 20
_LOOKS_ONLY = ("shutil.which", "shutil.disk_usage", "shutil.get_terminal_size")
_FEEDING = ("install_requires", "extras_require", "python_requires", "setup_requires")


class Calls(Library):
    """Follows calls."""

    @abstractmethod
    def run(self, body: list[ast.stmt]) -> None:
        """Execute statements."""

    def call(self, node: ast.Call) -> Value:
        """The result of a call."""
        function = self.evaluate(node.func)
        if _is_setup(function):
            return self._setup(node)
        try:
            arguments = self.elements(node.args)
            keywords = self._keywords(node)
        except NotConcreteError as error:
            return self._spread(function, node, error.unknown)
        return self.apply(function, arguments, keywords, node)

    def apply(self, function: Value, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        """The result of calling a value with arguments."""
        match function:
            case External(dotted):
                return self._external_call(dotted, arguments, keywords, node)
            case Function():
                return self._inlined(function, arguments, keywords, node)
            case Method(ModuleSpec() as spec, "exec_module"):
                return self.load_by_spec(spec, arguments, node)
            case Method(owner, name):
                return self.call_method(owner, name, arguments, keywords, node)
        if isinstance(function, Unknown) and any(map(_is_setup, function.among)):
            raise GiveUpError(f"{self.place(node)} calls setup() or something else")
        reason = f"{self.place(node)} calls what is not followed"
        found = self.unknown(
            reason, *arguments, *keywords.values(), *([function] if isinstance(function, Unknown) else [])
        )
        return Unknown(function.reason) if isinstance(function, Unknown) else found

    def _keywords(self, node: ast.Call) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.evaluate(keyword.value)
            found |= self.unpacked(value) if keyword.arg is None else {keyword.arg: value}
        return found

    def _spread(self, function: Value, node: ast.Call, unknown: Unknown) -> Value:
        """The result of a call with ``*`` or ``**`` of something that is not known."""
        if isinstance(function, Function):
            raise GiveUpError(
                f"{self.place(node)} calls a function with arguments that are not known: {unknown.reason}"
            )
        for inner in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self.spoil(inner, unknown)
        return self.unknown(unknown.reason, function)

    # setup()

    def _setup(self, node: ast.Call) -> Value:
        if node.args:
            raise GiveUpError(f"{self.place(node)} calls setup() with positional arguments")
        held: dict[str, Value] = {}
        lines: dict[str, str] = {}
        spread: Unknown | None = None
        for keyword in node.keywords:
            value = self.evaluate(keyword.value)
            if keyword.arg is not None:
                held[keyword.arg] = value
                lines[keyword.arg] = self.place(keyword.value)
                continue
            try:
                items = self.items_of(value)
            except NotConcreteError as error:
                spread = error.unknown
                continue
            held |= items
            lines |= {str(key): self.place(node) for key in items}
        feeding = [value for key, value in held.items() if key in _FEEDING or isinstance(value, Unknown)]
        places = frozenset[int]().union(*(self.state.reachable(value, self.step) for value in feeding))
        known = {key: self._argument(value) for key, value in held.items()}
        modules = [scope for scope, parent in self.parents.items() if parent is None]
        distrust = self.distrust_commands(held.get("cmdclass")) or self.distrust(held.get("distclass"))
        names, inner = self._names_of(places, modules), self._names_of(places, self.parents)
        own, idle = self._own_commands(held)
        self.calls.append(SetupCall(known, lines, names, inner, spread, distrust, own, idle))
        if self._runs_nvcc(held):
            self.do("nvcc()", node)
        return Unknown("the result of setup()")

    def _own_commands(self, held: dict[str, Value]) -> tuple[frozenset[str], dict[str, str]]:
        """The commands that only other commands of the source can run: those that may do anything, and own classes."""
        value = held.get("cmdclass")
        among = value.among if isinstance(value, Unknown) else (value,)
        contents = [self.content(each) for each in among if isinstance(each, Ref)]
        pairs = [pair for content in contents if isinstance(content, Mapping) for pair in content.items.items()]
        others = [(str(name), held) for name, held in pairs if name not in RUN_BY_BUILDS and name != "build_ext"]
        suspect = frozenset(name for name, held in others if self.distrust(held) is not None)
        own = {held.name: name for name, held in others if isinstance(held, LocalClass) and held.suspect is None}
        return suspect, own

    def _runs_nvcc(self, held: dict[str, Value]) -> bool:
        """Whether a build compiles CUDA in any case: commands of the source's own might do something else instead."""
        modules, commands = held.get("ext_modules"), held.get("cmdclass")
        if not isinstance(modules, Ref) or not (commands is None or isinstance(commands, Ref)):
            return False
        known = self.content(commands) if commands is not None else Mapping()
        if not isinstance(known, Mapping) or not all(map(_is_trusted, known.items.values())):
            return False
        content = self.content(modules)
        return isinstance(content, Sequence) and any(isinstance(item, CudaExtension) for item in content.items)

    def _names_of(self, places: frozenset[int], scopes: Iterable[int]) -> frozenset[str]:
        """The names in some scopes through which something in the heap can be reached."""
        return frozenset(
            str(name)
            for scope in scopes
            if isinstance(content := self.state.heap.get(scope), Mapping)
            for name, value in content.items.items()
            if self.state.reachable(value, self.step) & places
        )

    def _argument(self, value: Value) -> Any:
        """An argument of setup() as a Python object, or why it is not known."""
        try:
            content = self.content(value) if isinstance(value, Ref) else None
            if isinstance(content, Sequence) and content.kind != "list":
                return Unknown("it has no order, or can be read only once")
            return self.concrete(value)
        except NotConcreteError as error:
            if error.unknown is not value and not isinstance(value, Ref):
                return error.unknown
            among = error.unknown.among if error.unknown.complete else ()
            return Unknown(error.unknown.reason, tuple(map(self._argument, among)), bool(among), error.unknown.absent)

    # Functions of the source

    def _inlined(self, function: Function, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        if len(self.frames) > _DEEPEST:
            raise GiveUpError(f"{self.place(node)} calls functions too deeply")
        bound = self._bound(function, arguments, keywords)
        outer = self.frame
        module = function.scope
        while (parent := self.parents[module]) is not None:
            module = parent
        frame = Frame(self.new_scope(function.scope, bound), module, function.file)
        before = dict(self.state.heap)
        self.frames.append(frame)
        try:
            if isinstance(function.node, ast.Lambda):
                return self.evaluate(function.node.body)
            if self.workload.is_generator(function.node):
                return self._generated(function.node, frame, before)
            return self._returned(function.node, frame, outer, node)
        finally:
            self.frames.pop()

    def _returned(self, definition: ast.FunctionDef, frame: Frame, outer: Frame, node: ast.AST) -> Value:
        ended = self.run_block(definition.body)
        ways = [*frame.returns, *([(None, ended)] if ended is not None else [])]
        if not ways:
            raise DeadEndError
        value, state = ways[0]
        reason = f"{definition.name}() at {outer.file}:{getattr(node, 'lineno', 1)} may return different things"
        for other, there in ways[1:]:
            joined = join(state, there, reason)
            assert joined is not None  # noqa: S101 - both ways go on
            value, state = join_values(value, other, reason, (state, there)), joined
        self.state = state
        return value

    def _generated(self, definition: ast.FunctionDef, frame: Frame, before: dict[int, Any]) -> Value:
        """What a generator gives, found at once: it must not change anything in the meantime."""
        frame.yields = self.new(Sequence((), "iterator"))
        ended = self.run_block(definition.body)
        if ended is None or frame.returns:
            raise GiveUpError(f"the generator {definition.name}() is not followed")
        self.state = ended
        before.pop(frame.scope)
        if any(self.state.heap.get(place) is not content for place, content in before.items()):
            raise GiveUpError(f"the generator {definition.name}() changes something")
        return frame.yields

    @abstractmethod
    def run_block(self, body: list[ast.stmt]) -> Any:
        """Execute statements; the state after them, or ``None`` if no way leads there."""

    def _bound(self, function: Function, arguments: list[Value], keywords: dict[str, Value]) -> dict[str, Value]:
        spec = function.node.args
        positional = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
        bound = dict(function.defaults)
        bound.update(zip(positional, arguments, strict=False))
        if spec.vararg is not None:
            bound[spec.vararg.arg] = tuple(arguments[len(positional) :])
        elif len(arguments) > len(positional):
            raise self.dead_end()
        named = {*positional, *(arg.arg for arg in spec.kwonlyargs)}
        others = {key: value for key, value in keywords.items() if key not in named}
        bound.update({key: value for key, value in keywords.items() if key in named})
        if spec.kwarg is not None:
            bound[spec.kwarg.arg] = self.new(Mapping(others))
        elif others:
            raise self.dead_end()
        if any(name not in bound for name in named):
            raise self.dead_end()
        return bound

    # Functions that are imported

    def _external_call(self, dotted: str, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        name = dotted.removeprefix("builtins.")
        builtin = dotted.startswith("builtins.") or "." in dotted
        special: Callable[..., Value] | None = None
        if builtin:
            special = getattr(self, f"_call_{name.replace('.', '_')}", None)
        if special is not None:
            return special(arguments, keywords, node)
        if dotted in PURE:
            return self._pure_call(dotted, arguments, keywords, node)
        found = result_of(dotted)
        if found is not None and not arguments and not keywords:
            return found
        result = self._foreign_call(dotted, arguments, keywords, node)
        self.do(f"{dotted}()", node)
        return result

    def _foreign_call(self, dotted: str, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        """The result of a function that is not followed."""
        name = dotted.removeprefix("builtins.")
        reason = f"{name}() at {self.place(node)}"
        if name in HARMLESS or name.startswith(HARMLESS_MODULES):
            self.may_raise()
            return Unknown(reason)
        if dotted.startswith(TRUSTED) and not dotted.startswith("builtins."):
            self.unknown(reason, *arguments, *keywords.values())
            return External(f"{dotted}()")
        if name in CHANGES_FILES:
            for argument in arguments:
                self.files.written(self._text(argument))
            if not arguments:
                self.files.written(None)
        elif name.startswith("shutil.") and name not in _LOOKS_ONLY:
            self.files.written(None)
        self.unknown(reason, *arguments, *keywords.values())
        return Unknown(reason)

    def _pure_call(self, dotted: str, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        keys = tuple(keywords)
        count = len(arguments)

        def operation(*held: Any) -> Any:
            return PURE[dotted](*held[:count], **dict(zip(keys, held[count:], strict=True)))

        return self.pure(f"{dotted}() at {self.place(node)}", operation, *arguments, *keywords.values())


def _is_setup(function: Value) -> bool:
    if isinstance(function, Unknown) and function.complete and function.among:
        return all(map(_is_setup, function.among))
    return isinstance(function, External) and function.dotted in SETUP_FUNCTIONS


def _is_trusted(value: Value) -> bool:
    return isinstance(value, External) and value.dotted.startswith(TRUSTED)
