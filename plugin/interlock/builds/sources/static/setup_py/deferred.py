"""Code of a setup.py that is not followed, since ``setup()`` runs it later: methods of commands, callbacks.

It is harmless unless it names what could change the requirements. That is looked for in its text.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

# What setuptools takes the requirements from, and what it writes them with.
_FIELDS = frozenset(
    [
        "install_requires",
        "extras_require",
        "python_requires",
        "requires_dist",
        "_tmp_extras_require",
        "_requires",
        "write_requirements",
        "write_pkg_file",
        "write_pkg_info",
        "requires.txt",
        "PKG-INFO",
        "METADATA",
        "Requires-Dist",
        "Provides-Extra",
    ]
)
_RUNS_ANYTHING = frozenset(["eval", "exec", "globals"])
_OWNERS = frozenset(["distribution", "dist", "metadata", "setuptools", "distutils", "Distribution"])

_DOES = (ast.Call, ast.Subscript, ast.Await, ast.NamedExpr, ast.ListComp, ast.Lambda)
Body = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


def suspicion(
    followed: Iterable[tuple[str, ast.Module]],
    feeding: frozenset[str],
    feeding_inner: frozenset[str],
    commands: frozenset[str],
    read: frozenset[str],
    idle: frozenset[str] = frozenset(),
) -> str | None:
    """Why code that runs later may change the requirements, if anything says so.

    ``feeding`` are the global names of the objects that the requirements are in; ``feeding_inner`` those that code
    inside of functions may see; ``commands`` the names of commands that it must not run,
    and ``read`` the names that followed code looked up. The classes ``idle`` do not run if nothing else uses them.
    """
    for file, tree in followed:
        for body, is_inner in _deferred(tree, idle if file == "setup.py" else frozenset()):
            names = feeding_inner if is_inner else feeding
            for node in ast.walk(body):
                word = _word(node, names, commands, read, is_script=file == "setup.py")
                if word is not None:
                    return f"{file}:{getattr(node, 'lineno', body.lineno)} uses {word} in code that runs later"
    return None


def _deferred(tree: ast.Module, idle: frozenset[str]) -> Iterator[tuple[Body, bool]]:
    """Classes, and functions that are not only called from code that is followed; whether they are in a function."""
    nodes = list(ast.walk(tree))
    uses = Counter(node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    resting = [
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name in idle and _only_defines(node)
    ]
    left_out = {id(inner) for each in resting if uses[each.name] == 1 for inner in ast.walk(each)}
    nodes = [node for node in nodes if id(node) not in left_out]
    functions = {node.name: node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    inner = {id(node) for each in functions.values() for node in ast.walk(each) if node is not each}
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    waiting: list[Body] = [node for node in nodes if isinstance(node, (ast.ClassDef, ast.Lambda))]
    waiting += [node for node in functions.values() if node.decorator_list or isinstance(node, ast.AsyncFunctionDef)]
    waiting += [
        functions[node.id]
        for node in nodes
        if isinstance(node, ast.Name) and node.id in functions and id(node) not in called
    ]
    found: set[int] = set()
    while waiting:
        body = waiting.pop()
        if id(body) in found:
            continue
        found.add(id(body))
        yield body, id(body) in inner
        named = {node.id for node in ast.walk(body) if isinstance(node, ast.Name)}
        waiting.extend(functions[name] for name in named & functions.keys())


def _only_defines(node: ast.ClassDef) -> bool:
    """Whether making a class does nothing: all that it does is in its methods."""
    parts: list[ast.AST] = [*node.bases, *node.keywords, *node.decorator_list]
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef):
            parts += [*statement.decorator_list, statement.args]
        elif isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr, ast.Pass)):
            parts.append(statement)
        else:
            return False
    return not any(isinstance(inner, _DOES) for part in parts for inner in ast.walk(part))


def _word(
    node: ast.AST, feeding: frozenset[str], commands: frozenset[str], read: frozenset[str], *, is_script: bool
) -> str | None:
    match node:
        case ast.Constant(value=str() as name) if name in commands:
            return f"the command {name}"
        case ast.Attribute(attr=name) | ast.Constant(value=str() as name) if name in _FIELDS:
            return name
        case ast.Name(id=name) if name in feeding:
            return name
        case ast.Global(names=names) | ast.Nonlocal(names=names) if read & set(names):
            return f"the global name {names[0]}"
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name == "setup":
            return "setup()"
        case ast.Call(func=ast.Name(id=name)) if name in _RUNS_ANYTHING and is_script:
            return f"{name}()"
        case ast.Call(func=ast.Name(id="setattr" | "vars" as name), args=[owner, *_]) if _names_in(owner) & _OWNERS:
            return f"{name}()"
        case ast.Attribute(attr="__dict__", value=owner) if _names_in(owner) & _OWNERS:
            return "__dict__"
    return None


def _names_in(node: ast.AST) -> set[str]:
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return names | {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}
