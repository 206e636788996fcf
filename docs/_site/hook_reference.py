"""The reference of hooks and their types: autodoc takes signatures, fields and docstrings from the package."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

from interlock_hooks import types
from interlock_hooks.types import build, conda, environment, events, findings, names, pypi, requirements

# A module comes after those that it imports: a name belongs to the first that has it.
_SUBJECTS = {
    "Findings": findings,
    "Requirements and indexes": requirements,
    "Names": names,
    "conda": conda,
    "PyPI": pypi,
    "Builds": build,
    "Environments": environment,
    "Events": events,
}


def hooks_page(hooks: Iterable[str]) -> str:
    """The page, as Markdown: the hooks in the order of the pipeline, then all public types by subject."""
    parts = ["# Hooks and their types", ""]
    parts += ["[Hooks and plugins](../hooks.md) tells how to write a plugin. This page has all signatures.", ""]
    parts += ["## Hooks", "", *_directives(f"autofunction:: interlock_hooks.specs.{hook}" for hook in hooks)]
    left = set(types.__all__)
    for subject, module in _SUBJECTS.items():
        found = [name for name in vars(module) if name in left]
        left -= set(found)
        parts += [f"## {subject}", "", *_directives(map(_directive, found))]
    return "\n".join(parts)


def _directive(name: str) -> str:
    found = getattr(types, name)
    if inspect.isclass(found):
        return f"autoclass:: interlock_hooks.types.{name}\n   :members:\n   :undoc-members:"
    return f"auto{'function' if inspect.isfunction(found) else 'data'}:: interlock_hooks.types.{name}"


def _directives(directives: Iterable[str]) -> Iterator[str]:
    yield "```{eval-rst}"
    yield from (f".. {directive}\n" for directive in directives)
    yield from ("```", "")
