"""The shape of the source that import-linter does not see."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "plugin", ROOT / "hooks")

# What lies at the top of the repository. A channel or a log that a run left there does not get in by `git add`.
TOP = {
    *(
        ".ci",
        ".gitignore",
        ".pre-commit-hooks.yaml",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "SECURITY.md",
        "constraints.txt",
        "pyproject.toml",
    ),
    *("benchmarks", "docs", "hooks", "plugin", "recipes", "tests"),
}

MOST_IMPORTS = 15


def modules() -> dict[str, Path]:
    """Every module of our own by its name."""
    found = {}
    for source in SOURCES:
        for path in source.rglob("*.py"):
            parts = path.relative_to(source).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imported(path: Path) -> set[str]:
    """The modules of our own that a module imports, wherever in it."""
    return {name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for name in _named(node)}


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in MODULES)
    elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
        for alias in node.names:
            module = f"{node.module}.{alias.name}"
            yield module if module in MODULES else node.module


def test_no_module_imports_many() -> None:
    assert {name: count for name, path in MODULES.items() if (count := len(imported(path))) > MOST_IMPORTS} == {}


def test_no_comprehension_hides_a_name_of_the_module_that_another_one_uses() -> None:
    """Python 3.12.1 and 3.12.3 take ``x`` in ``[x for x in a], [x(y) for y in a]`` for a local without a value.

    The tests run on other versions, which rightly take the second one for the global.
    """
    found = [f"{name}: {each}" for name, path in MODULES.items() for each in hidden(path.read_text(encoding="utf-8"))]
    assert found == []
    assert hidden("def x(y): ...\ndef f(a):\n    return [x for x in a], [x(y) for y in a]") == {"x"}
    assert hidden("def x(y): ...\ndef f(a):\n    return [x for x in a], [y for y in a if a]") == set()


def hidden(source: str) -> set[str]:
    """The names of a module that are variables of one comprehension and not of another one in the same function."""
    tree = ast.parse(source)
    found: set[str] = set()
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        inlined = [node for node in ast.walk(function) if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp))]
        variables = [_names(node, ast.Store) for node in inlined]
        free = [_names(node, ast.Load) - own for node, own in zip(inlined, variables, strict=True)]
        found |= set().union(*variables) & set().union(*free)
    return found & {name for node in tree.body for name in _bound(node)}


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name for alias in node.names}
    return {node.name} if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else _names(node, ast.Store)


def _names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, context)}


def test_nothing_else_lies_at_the_top() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert sorted({name.partition("/")[0] for name in listed.split("\0") if name} - TOP) == []
