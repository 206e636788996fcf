"""Functions of Python and its library that a setup.py calls and that do more than compute."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, Literal

from interlock.builds.sources.static.setup_py.environment import has_attribute
from interlock.builds.sources.static.setup_py.expressions import Expressions
from interlock.builds.sources.static.setup_py.known_functions import (
    TYPES,
)
from interlock.builds.sources.static.setup_py.methods import Methods
from interlock.builds.sources.static.setup_py.values import (
    CudaExtension,
    External,
    GiveUpError,
    LocalModule,
    Mapping,
    ModuleSpec,
    NotConcreteError,
    Ref,
    Sequence,
    Unknown,
    Value,
    is_lacking,
)

_WITH_SCOPES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Global),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


class Library(Methods, Expressions):
    """What functions of Python's library do."""

    @abstractmethod
    def apply(self, function: Value, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        """The result of calling a value with arguments."""

    @abstractmethod
    def run_text(self, text: str | bytes, scope: int, file: str) -> None:
        """Execute the text of a module in a scope."""

    def _call_dict(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        items: dict[Any, Value] = {}
        content = self.content(arguments[0]) if len(arguments) == 1 and isinstance(arguments[0], Ref) else None
        if isinstance(content, Mapping):
            return self.new(Mapping({**content.items, **keywords}))
        try:
            for argument in arguments:
                items |= self._pairs(argument)
        except (NotConcreteError, TypeError, ValueError):
            return self.new(self.unknown(f"dict() at {self.place(node)}", *arguments, *keywords.values()))
        return self.new(Mapping({**items, **keywords}))

    def _pairs(self, value: Value) -> dict[Any, Value]:
        if isinstance(value, Ref) and isinstance(content := self.content(value), Mapping):
            return self.certain(content)
        pairs = [self.items(item) for item in self.items(value)]
        return {self.concrete(key): item for key, item in pairs}

    def _call_zip(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        return self._iterator(lambda: list(zip(*map(self.items, arguments), strict=False)), arguments)

    def _call_enumerate(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        if len(arguments) != 1 or keywords:
            return self.unknown(f"enumerate() at {self.place(node)}", *arguments)
        return self._iterator(lambda: list(enumerate(self.items(arguments[0]))), arguments)

    def _call_reversed(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        return self._iterator(lambda: list(reversed(self.items(arguments[0]))), arguments)

    def _call_itertools_chain(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        return self._iterator(lambda: [item for each in arguments for item in self.items(each)], arguments)

    def _call_itertools_chain_from_iterable(
        self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST
    ) -> Value:
        return self._iterator(
            lambda: [item for each in self.items(arguments[0]) for item in self.items(each)], arguments
        )

    def _iterator(self, find: Callable[[], list[Value]], arguments: list[Value]) -> Value:
        try:
            return self.new(Sequence(tuple(find()), "iterator"))
        except NotConcreteError as error:
            return self.new(self.unknown(error.unknown.reason, *arguments))

    def _call_getattr(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        owner, name = arguments[0], self._text(arguments[1])
        if isinstance(owner, LocalModule) and name is not None:
            return self._attribute_of_module(owner, name, arguments[2:], node)
        if name is None:
            return self.unknown(f"getattr() at {self.place(node)}", owner)
        found = self.attribute(owner, name, node)
        if len(arguments) == 2:
            return found
        return Unknown(f"getattr() at {self.place(node)}", (found, arguments[2]), complete=True)

    def _attribute_of_module(self, module: LocalModule, name: str, default: list[Value], node: ast.AST) -> Value:
        self.read.add(name)
        content = self.state.heap[module.scope]
        found = content.items.get(name) if isinstance(content, Mapping) else None
        if isinstance(content, Mapping) and name not in content.items and default:
            return default[0]
        if not isinstance(content, Mapping) or name not in content.items or (is_lacking(found) and default):
            return self.unknown(f"getattr() at {self.place(node)}", module, *default)
        return found

    def _call_hasattr(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        owner, name = arguments[0], self._text(arguments[1])
        found = has_attribute(f"{owner.dotted}.{name}") if isinstance(owner, External) else None
        self.may_raise()
        return Unknown(f"hasattr() at {self.place(node)}") if found is None else found

    def _call_vars(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        raise GiveUpError(f"{self.place(node)} uses vars()")

    def _call_sys__getframe(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        raise GiveUpError(f"{self.place(node)} looks into frames")

    _call_inspect_currentframe = _call_inspect_stack = _call_gc_get_objects = _call_sys__getframe

    def _call_list(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        try:
            return self.new(Sequence(self.items(arguments[0]) if arguments else ()))
        except NotConcreteError as error:
            return self.new(self.unknown(error.unknown.reason, *arguments))

    def _call_map(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        try:
            columns = [self.items(argument) for argument in arguments[1:]]
            found = [self.apply(arguments[0], list(row), {}, node) for row in zip(*columns, strict=False)]
        except NotConcreteError as error:
            return self.new(self.unknown(error.unknown.reason, *arguments))
        return self.new(Sequence(tuple(found), "iterator"))

    def _call_filter(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        kept = []
        try:
            for item in self.items(arguments[1]):
                judged = item if arguments[0] is None else self.apply(arguments[0], [item], {}, node)
                truth = self.truth(judged)
                if truth is None:
                    raise NotConcreteError(self.as_unknown(judged))
                kept.extend([item] if truth else [])
        except NotConcreteError as error:
            return self.new(self.unknown(error.unknown.reason, *arguments))
        return self.new(Sequence(tuple(kept), "iterator"))

    def _call_isinstance(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        value, kinds = self.force(arguments[0]), arguments[1]
        wanted = kinds if isinstance(kinds, tuple) else (kinds,)
        types = [TYPES.get(kind.dotted) if isinstance(kind, External) else None for kind in wanted]
        try:
            held = self.concrete(value) if not isinstance(value, Ref) else self._empty_like(value)
        except NotConcreteError as error:
            return Unknown(error.unknown.reason)
        return Unknown("isinstance()") if None in types else isinstance(held, tuple(kind for kind in types if kind))

    def _empty_like(self, value: Ref) -> Any:
        content = self.content(value)
        if isinstance(content, Mapping):
            return {}
        if isinstance(content, Sequence) and content.kind in ("list", "set"):
            return [] if content.kind == "list" else set()
        raise NotConcreteError(self.as_unknown(content))

    def _call_next(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        content = self.content(arguments[0]) if isinstance(arguments[0], Ref) else None
        if isinstance(content, Sequence) and content.kind == "iterator" and content.items:
            self.state.heap[arguments[0].id] = Sequence(content.items[1:], "iterator")
            return content.items[0]
        return self.unknown(f"next() at {self.place(node)}", *arguments)

    def _call_torch_utils_cpp_extension_CUDAExtension(  # noqa: N802 - the name of the function
        self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST
    ) -> Value:
        reason = f"CUDAExtension() at {self.place(node)}"
        self.may_raise()
        self.do("torch.utils.cpp_extension.CUDAExtension()", node)
        sources = arguments[1] if len(arguments) > 1 else keywords.get("sources")
        content = self.content(sources) if isinstance(sources, Ref) else None
        files = map(self._text, content.items) if isinstance(content, Sequence) else ()
        return CudaExtension(reason) if any(file and file.endswith(".cu") for file in files) else Unknown(reason)

    # What reads and runs files

    def _call_open(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        mode = self._text(keywords.get("mode", arguments[1] if len(arguments) > 1 else "r"))
        path = self._text(arguments[0] if arguments else keywords.get("file", keywords.get("filename")))
        if mode is None or set(mode) & set("wax+"):
            self.files.written(path)
            return self.unknown(f"{self.place(node)} writes a file")
        encoding = self._text(keywords.get("encoding", "utf-8"))
        if len(arguments) > 2 or path is None or encoding is None:
            return self.unknown(f"open() at {self.place(node)}")
        handle = self.opened(path, None if "b" in mode else encoding, node)
        if "encoding" not in keywords and isinstance(handle, Ref) and not self.concrete_text(handle).isascii():
            # Where the locale is not UTF-8, Python may fail to read it.
            self.may_raise()
        return handle

    def concrete_text(self, handle: Ref) -> str | bytes:
        """The text of a file that was just opened."""
        content = self.content(handle)
        return content.items[0] if isinstance(content, Sequence) else ""

    def opened(self, path: str, encoding: str | None, node: ast.AST) -> Value:
        """An open file of the source tree; without an encoding its bytes."""
        text = self.files.read_bytes(path) if encoding is None else self.files.read(path, encoding)
        if text is None and self.files.lacks(path):
            raise self.dead_end()
        if text is None:
            return self.unknown(f"the file that {self.place(node)} opens cannot be read in the source")
        return self.new(Sequence((text,), "file"))

    _call_io_open = _call_open

    def _call_codecs_open(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        if len(arguments) > 2:
            keywords = {**keywords, "encoding": arguments[2]}
        return self._call_open(arguments[:2], keywords, node)

    def _text(self, value: Value) -> str | None:
        """A text or path, if it is one and known."""
        try:
            held = self.concrete(value)
        except NotConcreteError:
            return None
        return str(held) if isinstance(held, (str, PurePosixPath)) else None

    def _call_exec(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        text = self._text(arguments[0]) if arguments else None
        around, target = Ref(self.frame.module), Ref(self.frame.scope)
        if len(arguments) > 1 and arguments[1] is not None:
            around = target = arguments[1]
        if len(arguments) > 2 and arguments[2] is not None:
            target = arguments[2]
        if not isinstance(target, Ref) or not isinstance(around, Ref) or len(arguments) > 3 or keywords:
            raise GiveUpError(f"{self.place(node)} runs code that is not followed")
        if text is None and around.id == self.frame.module:
            raise GiveUpError(f"{self.place(node)} runs code that is not known")
        if text is None:
            self.unknown(f"exec() at {self.place(node)}", *arguments[1:])
            return None
        self.parents.setdefault(around.id, None)
        if target != around and target.id not in self.parents:
            self._check_apart(text, node)
            self.parents[target.id] = around.id
        self.run_text(text, target.id, f"exec at {self.place(node)}")
        return None

    def _check_apart(self, text: str, node: ast.AST) -> None:
        """Code with names of its own beside those of its module sees them at its top level only."""
        tree = self.workload.parse(text, f"exec at {self.place(node)}")
        if any(isinstance(inner, _WITH_SCOPES) for inner in ast.walk(tree)):
            raise GiveUpError(f"{self.place(node)} runs code that is not followed")

    def _call_compile(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        return arguments[0] if arguments and self._text(arguments[0]) is not None else self.unknown("compile()")

    def _call_globals(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        content = self.state.heap[self.frame.module]
        self.read.update(map(str, content.items) if isinstance(content, Mapping) else ())
        return Ref(self.frame.module)

    def _call_locals(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        if self.frame.scope == self.frame.module:
            return Ref(self.frame.module)
        content = self.state.heap[self.frame.scope]
        return self.new(content)

    # Modules loaded from files by hand

    def _call_importlib_util_spec_from_file_location(
        self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST
    ) -> Value:
        path = self._text(arguments[1] if len(arguments) > 1 else keywords.get("location"))
        found = self.files.locate(path) if path is not None else None
        if path is None or found is None or not found.is_file():
            return self.unknown(f"{self.place(node)} loads a module that is not followed")
        return ModuleSpec(path)

    def _call_importlib_util_module_from_spec(
        self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST
    ) -> Value:
        if len(arguments) == 1 and isinstance(arguments[0], ModuleSpec):
            names = {"__file__": arguments[0].path, "__name__": "a module"}
            return LocalModule(self.new_scope(None, names))
        return self.unknown(f"{self.place(node)} loads a module that is not followed", *arguments)

    @abstractmethod
    def load(self, path: str, module: LocalModule, name: str) -> None:
        """Execute a module of the source."""

    def load_by_spec(self, spec: ModuleSpec, arguments: list[Value], node: ast.AST) -> Value:
        """``spec.loader.exec_module(module)``."""
        if len(arguments) != 1 or not isinstance(arguments[0], LocalModule):
            raise GiveUpError(f"{self.place(node)} loads a module that is not followed")
        self.load(spec.path, arguments[0], f"{spec.path} at {self.place(node)}")
        return None

    def _call_eval(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        raise GiveUpError(f"{self.place(node)} uses eval()")

    def _call_setattr(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        raise GiveUpError(f"{self.place(node)} uses setattr()")

    # The system

    def _call_sys_exit(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        raise self.dead_end()

    _call_exit = _call_quit = _call_os__exit = _call_sys_exit

    def _call_os_chdir(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        path = self._text(arguments[0]) if arguments else None
        if path is None or self.files.locate(path) != self.files.locate("."):
            raise GiveUpError(f"{self.place(node)} changes the working directory")
        return None

    def _call_os_path_exists(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        return self._is(arguments, node, "exists")

    def _call_os_path_isfile(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        return self._is(arguments, node, "is_file")

    def _call_os_path_isdir(self, arguments: list[Value], keywords: dict[str, Value], node: ast.AST) -> Value:
        return self._is(arguments, node, "is_dir")

    def _is(self, arguments: list[Value], node: ast.AST, what: Literal["exists", "is_file", "is_dir"]) -> Value:
        path = self._text(arguments[0]) if arguments else None
        found = None if path is None else self.files.check(path, what)
        return Unknown(f"{self.place(node)} looks for a file") if found is None else found
