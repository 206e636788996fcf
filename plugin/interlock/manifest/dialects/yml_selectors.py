"""Selectors of an ``environment.yml`` (CEP 24): which of its lines and dependencies hold on which platform."""

from __future__ import annotations

import ast
import re

from interlock.core.platforms import SUBDIRS

_COMMENT = re.compile(r"#\s*\[([^\[\]]+)\]\s*$")
_KEY = re.compile(r"sel\(([^()]*)\)\Z")
_IN_KEYS = ("unix", "linux", "osx", "win")


def has_selectors(text: str) -> bool:
    """Whether a file may say different things on different platforms."""
    return "sel(" in text or any(_selector(line) is not None for line in text.splitlines())


def lines_for(text: str, subdir: str) -> str:
    """The text without the lines whose comment, such as ``# [win]``, excludes the platform; lines keep their number.

    A comment in brackets with any other word in it is a comment.
    """
    return "\n".join("" if _selector(line, subdir) is False else line for line in text.split("\n"))


def key_holds(key: str, subdir: str) -> bool | None:
    """Whether a key ``sel(win)`` holds on a platform; ``None`` if the key is not a selector.

    Raises :class:`ValueError` for one that CEP 24 does not know.
    """
    found = _KEY.match(key)
    if found is None:
        return None
    name = found[1].strip()
    if name not in _IN_KEYS:
        raise ValueError(f"a selector is one of {', '.join(f'sel({each})' for each in _IN_KEYS)}")
    return _variables(subdir)[name]


def _selector(line: str, subdir: str = "linux-64") -> bool | None:
    found = _COMMENT.search(line) if "[" in line else None
    if found is None:
        return None
    try:
        return _evaluated(ast.parse(found[1].strip(), mode="eval").body, _variables(subdir))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _evaluated(node: ast.expr, variables: dict[str, bool]) -> bool:
    if isinstance(node, ast.Name) and node.id in variables:
        return variables[node.id]
    if isinstance(node, ast.BoolOp):
        values = [_evaluated(each, variables) for each in node.values]
        return all(values) if isinstance(node.op, ast.And) else any(values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not _evaluated(node.operand, variables)
    raise ValueError("not a selector")


def _variables(subdir: str) -> dict[str, bool]:
    """The variables of conda-build's selectors, of conda-build 25.1, that tell platforms apart."""
    family, _, machine = subdir.partition("-")
    found = {name.partition("-")[0]: False for name in SUBDIRS} | {name.partition("-")[2]: False for name in SUBDIRS}
    # Bare widths are no names.
    found = {name: False for name in found if name.isidentifier()}
    found |= {
        f"{system}{width}": f"{system}-{width}" == subdir for system in ("linux", "osx", "win") for width in (32, 64)
    }
    found |= {"x86": machine in ("32", "64"), "x86_64": machine == "64", "x64": machine == "64"}
    return found | {family: True, machine: True, "unix": family in ("linux", "osx")}
