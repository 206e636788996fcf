"""Findings about plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock_hooks.types import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

_REPAIR = "repair the plugin, or remove it from `plugins` in [tool.interlock]; -vv shows the traceback"
_REPORT = "this is a bug in Interlock: run the command again with -vv and report the output"


def not_installed(name: str, available: Sequence[str]) -> Finding:
    """IL801: the manifest names a plugin that no distribution provides; ``available`` are those that are installed."""
    from difflib import get_close_matches

    near = get_close_matches(name, available, 1)
    others = f"installed plugins: {', '.join(available)}" if available else "no third-party plugin is installed"
    return Finding(
        code="IL801",
        what=f"plugin {name!r} is not installed",
        why=f"the manifest names it in [tool.interlock] plugins, but no installed distribution provides it; {others}",
        fix=f"write {near[0]!r}" if near else "install the plugin in the environment that Interlock runs in",
    )


def not_loaded(name: str, module: str, error: BaseException) -> Finding:
    """IL802: importing a plugin, or making an instance of it, failed."""
    return Finding(
        code="IL802",
        what=f"plugin {name!r} could not be loaded",
        why=f"importing {module} failed: {type(error).__name__}: {error}",
        fix=_REPAIR,
    )


def unfit(name: str, why: str) -> Finding:
    """IL803: the functions of a plugin are not those of the hooks."""
    return Finding(
        code="IL803",
        what=f"plugin {name!r} does not match the hooks of this version",
        why=why.strip(),
        fix="compare its functions with docs/hooks.md; arguments must have the names in the specification",
    )


def no_result(hook: str) -> Finding:
    """IL804: all plugins returned ``None`` from a hook that needs a result."""
    return Finding(
        code="IL804",
        what=f"no plugin returned a result from {hook}",
        why="every plugin that implements it returned None",
        fix="enable the built-in plugin again",
    )


def failed(plugin: str, hook: str, error: BaseException, *, builtin: bool) -> Finding:
    """IL805: a hook function raised an exception."""
    return Finding(
        code="IL805",
        what=f"plugin {plugin!r} failed in {hook}",
        why=f"{type(error).__name__}: {error}",
        fix=_REPORT if builtin else _REPAIR,
    )


def wrong_type(plugin: str, hook: str, expected: str, found: str, *, builtin: bool) -> Finding:
    """IL806: a hook function returned another type than the specification says."""
    return Finding(
        code="IL806",
        what=f"plugin {plugin!r} returned the wrong type from {hook}",
        why=f"expected {expected}, got {found}",
        fix=_REPORT if builtin else f"return the type in docs/hooks.md; {_REPAIR}",
    )


def ambiguous(name: str, bringers: Sequence[str]) -> Finding:
    """IL807: the manifest names a plugin, and several have that name; ``bringers`` are what brings them."""
    return Finding(
        code="IL807",
        what=f"several plugins are called {name!r}",
        why=f"{' and '.join(bringers)} bring one each, and the manifest can only name one",
        fix="uninstall what you do not want, or rename the entry point of one of them",
    )
