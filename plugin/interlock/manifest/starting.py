"""The first manifest of a directory: as little as turns what is there into a project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomli_w
import yaml

from interlock.core.files import is_file
from interlock.manifest.discovery import PYPROJECT, manifest_in
from interlock.manifest.document import read_text
from interlock.manifest.editing.siblings import newline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_REQUIREMENTS = "requirements.txt"
# Old enough for every package with compiled code, and new enough to be supported for years.
_PYTHON = "3.12"


@dataclass(frozen=True, slots=True)
class Beginning:
    """A file and its whole text; ``why`` says why it is this one."""

    path: Path
    text: str
    why: str


def beginning(folder: Path, *, name: str, channels: Sequence[str], platforms: Sequence[str]) -> Beginning | None:
    """What to write into a directory, ``None`` if it has a manifest already.

    A ``pyproject.toml`` that says nothing about environments gets the table of a workspace. A ``requirements.txt`` is
    read by an ``environment.yml``, so that it stays the one list of its packages. Raises :class:`InterlockError`
    (IL102, IL103) if what is there cannot be read.
    """
    if manifest_in(folder, []) is not None:
        return None
    workspace = {"name": name, "channels": list(channels), "platforms": list(platforms)}
    python = {"python": f"{_PYTHON}.*"}
    pyproject, requirements = folder / PYPROJECT, folder / _REQUIREMENTS
    if is_file(pyproject):
        tables = tomli_w.dumps({"tool": {"pixi": {"workspace": workspace, "dependencies": python}}})
        text = _with_tables(pyproject, tables)
        return Beginning(pyproject, text, f"{PYPROJECT} does not mention environments yet")
    if is_file(requirements):
        listed = ["pip", {"pip": [f"-r {_REQUIREMENTS}"]}]
        data = {
            "name": name,
            "channels": [*channels, "nodefaults"],
            "platforms": list(platforms),
            "dependencies": [f"python={_PYTHON}", *listed],
        }
        text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
        return Beginning(folder / "environment.yml", text, f"it reads {_REQUIREMENTS}")
    return Beginning(folder / "pixi.toml", tomli_w.dumps({"workspace": workspace, "dependencies": python}), "")


def _with_tables(path: Path, tables: str) -> str:
    """The text of a file with tables at its end; all that is there stays, a byte order mark included."""
    if not read_text(path):
        return tables
    before = path.read_bytes().decode("utf-8")
    break_ = newline(before)
    end = "" if before.endswith("\n") else break_
    return f"{before}{end}{break_}{tables.replace(chr(10), break_)}"
