"""Python code of others as syntax trees."""

from __future__ import annotations

import ast
import warnings

from interlock.builds.sources.static.setup_py.values import GiveUpError


def parse_python(text: str | bytes, file: str) -> ast.Module:
    """The syntax tree of a module; bytes say their encoding themselves (PEP 263).

    Raises :class:`GiveUpError` for what is not Python, or not that of the interpreter that runs this.
    """
    with warnings.catch_warnings():
        # Of escapes such as "\\d", which are for its author.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise GiveUpError(f"{file} is not valid Python") from error


def is_generator(definition: ast.FunctionDef) -> bool:
    """Whether a function yields, itself and not in a function in it."""
    waiting: list[ast.AST] = list(definition.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
    return False
