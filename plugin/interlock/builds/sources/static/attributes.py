"""Attributes of modules in the source, such as ``package.__version__``, read from their syntax trees."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from interlock.builds.sources.static.facts import Fact, Known, NotProvable

if TYPE_CHECKING:
    from interlock.builds.sources.static.setup_py.files import SourceFiles
from interlock.builds.sources.static.setup_py.syntax import parse_python
from interlock.builds.sources.static.setup_py.values import GiveUpError


def read_attribute(files: SourceFiles, dotted: str) -> Fact[str]:
    """The text that a module binds a name to, once and as a literal (``attr:`` of setuptools, flit's version)."""
    module, _, name = dotted.rpartition(".")
    path = module.replace(".", "/")
    candidates = [f"{folder}{path}{end}" for folder in ("", "src/") for end in ("/__init__.py", ".py")]
    found = [candidate for candidate in candidates if files.read_bytes(candidate) is not None]
    if len(found) != 1 or not path:
        return NotProvable(f"{dotted} is not found in one place of the source")
    content = files.read_bytes(found[0])
    try:
        tree = parse_python(content or b"", found[0])
    except GiveUpError as error:
        return NotProvable(str(error))
    return _literal(tree, name, found[0])


def _literal(tree: ast.Module, name: str, file: str) -> Fact[str]:
    bound = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name and _is_bound(node)]
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
        if len(bound) == 1 and any(target is bound[0] for target in targets):
            value = statement.value  # type: ignore[attr-defined]
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                return Known(value.value, f"{file}:{statement.lineno}")
    return NotProvable(f"{name} in {file} is not a literal that is assigned once")


def _is_bound(node: ast.Name) -> bool:
    return isinstance(node.ctx, (ast.Store, ast.Del))
