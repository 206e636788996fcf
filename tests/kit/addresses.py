"""Checking internationalized addresses with ``rfc3987_syntax``, which takes seconds of every process that imports it.

It makes a parser for each of 38 rules of its grammar. ``jsonschema`` imports it wherever it is installed, and a single
test, that of bills of materials, asks for one rule.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

_NAME = "rfc3987_syntax"


def import_when_asked() -> None:
    """Let the package be imported when the first address is checked, not when ``jsonschema`` is."""
    if _NAME not in sys.modules:
        stand_in = ModuleType(_NAME)
        stand_in.is_valid_syntax = _is_valid_syntax  # type: ignore[attr-defined]
        sys.modules[_NAME] = stand_in


def _is_valid_syntax(term: str, value: str) -> bool:
    if sys.modules[_NAME].__spec__ is None:
        del sys.modules[_NAME]
    return bool(importlib.import_module(_NAME).is_valid_syntax(term, value))
