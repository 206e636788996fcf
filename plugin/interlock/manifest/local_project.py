"""The name of the project in a directory, for requirements that only name the directory."""

from __future__ import annotations

import configparser
import re
from typing import TYPE_CHECKING, Any

from interlock.core.files import text_in
from interlock.core.pep508 import NAME
from interlock.core.toml import read_tables, value_at

if TYPE_CHECKING:
    from pathlib import Path

_IN_SETUP_PY = re.compile(r"""\bname\s*=\s*(?:"([^"\n]+)"|'([^'\n]+)')""")


def project_name(folder: Path) -> str | None:
    """The name that ``pyproject.toml``, ``setup.cfg`` or ``setup.py`` states; ``None`` where only a backend knows."""
    for name in (_in_pyproject(folder), _in_setup_cfg(folder), _in_setup_py(folder)):
        if isinstance(name, str) and re.fullmatch(NAME, name.strip()):
            return name.strip()
    return None


def _in_pyproject(folder: Path) -> Any:
    tables = read_tables(folder / "pyproject.toml")
    return value_at(tables, ("project", "name")) or value_at(tables, ("tool", "poetry", "name"))


def _in_setup_cfg(folder: Path) -> str | None:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text_in(folder / "setup.cfg"))
    except configparser.Error:
        return None
    return parser.get("metadata", "name", fallback=None)


def _in_setup_py(folder: Path) -> str | None:
    found = _IN_SETUP_PY.search(text_in(folder / "setup.py"))
    return (found[1] or found[2]) if found else None
