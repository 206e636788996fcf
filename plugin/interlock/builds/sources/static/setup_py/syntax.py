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
