"""Imports in a setup.py: modules of the source are followed as well, all others are names."""

from __future__ import annotations

import posixpath
import sys
from abc import abstractmethod
from typing import TYPE_CHECKING

from interlock.builds.sources.static.setup_py.calls import Calls
from interlock.builds.sources.static.setup_py.files import ROOT
from interlock.builds.sources.static.setup_py.known_functions import PRESENT
from interlock.builds.sources.static.setup_py.machine import Frame
from interlock.builds.sources.static.setup_py.values import (
    External,
    GiveUpError,
    LocalModule,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    import ast
    from contextlib import AbstractContextManager

_STAR = {
    "setuptools": ("setup", "Extension", "find_packages", "find_namespace_packages", "Command", "Distribution"),
    "distutils.core": ("setup", "Extension", "Command", "Distribution"),
}


class Imports(Calls):
    """Follows imports."""

    def _exec_import(self, node: ast.Import) -> None:
        for alias in node.names:
            value = self._module(alias.name, node)
            if alias.asname is None and "." in alias.name:
                value = self._module(alias.name.partition(".")[0], node)
            self.bind(alias.asname or alias.name.partition(".")[0], value)

    def _exec_importfrom(self, node: ast.ImportFrom) -> None:
        module = self._absolute(node)
        for alias in node.names:
            if alias.name == "*":
                self._star(module, node)
                continue
            self.bind(alias.asname or alias.name, self._member(module, alias.name, node))

    def _star(self, module: str, node: ast.AST) -> None:
        if module not in _STAR:
            raise GiveUpError(f"{self.place(node)} imports * from {module}")
        for name in _STAR[module]:
            self.bind(name, External(f"{module}.{name}"))

    def _member(self, module: str, name: str, node: ast.AST) -> Value:
        inner = self._local_file(f"{module}.{name}")
        found = self._module(module, node) if inner is None else self._module(f"{module}.{name}", node)
        if inner is not None:
            return found
        return self.attribute(found, name, node)

    def _absolute(self, node: ast.ImportFrom) -> str:
        """The dotted name of the module that ``from … import`` names, relative to the file that is followed."""
        if not node.level:
            return node.module or ""
        package = posixpath.dirname(self.frame.file)
        for _ in range(node.level - 1):
            package = posixpath.dirname(package)
        return ".".join(part for part in (package.replace("/", "."), node.module) if part)

    def _module(self, name: str, node: ast.AST) -> Value:
        top = name.partition(".")[0]
        if top in PRESENT:
            if name not in PRESENT and name not in ("os.path", "distutils.core"):
                self.may_raise()
            return self.external(name)
        file = None if top in sys.stdlib_module_names else self._local_file(name)
        if file is None:
            self.may_raise()
            if self.is_local(top):
                return Unknown(f"{self.place(node)} imports {name}, which is not followed")
            self.do(name, node)
            return External(name)
        known = self.modules.get(name)
        if known is None or (isinstance(known, LocalModule) and known.scope not in self.state.heap):
            self._follow(name, file)
        self.may_raise()
        return self.modules[name]

    def is_local(self, top: str) -> bool:
        """Whether a top-level module is one of the source."""
        return self._local_file(top) is not None or (
            (folder := self.files.locate(top)) is not None and folder.is_dir() and top not in sys.stdlib_module_names
        )

    def _local_file(self, name: str) -> str | None:
        path = name.replace(".", "/")
        for candidate in (f"{path}/__init__.py", f"{path}.py"):
            found = self.files.locate(candidate)
            if found is not None and found.is_file():
                return candidate
        return None

    def _follow(self, name: str, file: str) -> None:
        """Follow a module of the source; what goes wrong there concerns only what is taken from it."""
        module = LocalModule(self.new_scope(None, {"__file__": f"{ROOT}/{file}", "__name__": name}))
        self.modules[name] = module
        self.load(file, module, name)

    def load(self, path: str, module: LocalModule, name: str) -> None:
        """Execute a module of the source."""
        self.modules[name] = module
        text = self.files.read_bytes(path)
        with self.contained(name):
            if text is None:
                raise GiveUpError(f"{path} cannot be read")
            self.run_text(text, module.scope, posixpath.relpath(posixpath.join(ROOT, path), ROOT))

    @abstractmethod
    def contained(self, name: str) -> AbstractContextManager[None]:
        """Follow a module; if that is not possible, what all modules of the source hold is unknown."""

    def run_text(self, text: str | bytes, scope: int, file: str) -> None:
        """Execute the text of a module in a scope."""
        self.frames.append(Frame(scope, scope, file))
        try:
            self.step(len(text) // 20)
            tree = self.workload.parse(text, file)
            self.followed.append((file, tree))
            for statement in tree.body:
                self.run([statement])
                if len(self.frames) == 1:
                    self.passed, self.surely = self.passed + 1, self.state.done
        finally:
            self.frames.pop()
