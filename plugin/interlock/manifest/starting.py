"""The first manifest of a directory: as little as turns what is there into a project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tomli_w
import yaml

from interlock.core.files import is_file
from interlock.manifest.discovery import PIXI, PYPROJECT, is_environment_yml, manifest_in
from interlock.manifest.document import Document, read_text
from interlock.manifest.editing.siblings import newline
from interlock.manifest.yaml_document import YamlDocument

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
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
    """What to write into a directory, ``None`` if it has a manifest already that can be used.

    A manifest that lacks what makes it one, such as an empty file, gets that, and a ``pyproject.toml`` that says
    nothing about environments the table of a workspace. A ``requirements.txt`` is read by an ``environment.yml``, so
    that it stays the one list of its packages. Raises :class:`InterlockError` (IL102, IL103) if what is there cannot
    be read.
    """
    workspace = {"name": name, "channels": list(channels), "platforms": list(platforms)}
    python = {"python": f"{_PYTHON}.*"}
    if (manifest := manifest_in(folder, [])) is not None:
        return _completed(manifest, workspace, python)
    pyproject, requirements = folder / PYPROJECT, folder / _REQUIREMENTS
    if is_file(pyproject):
        tables = tomli_w.dumps({"tool": {"pixi": {"workspace": workspace, "dependencies": python}}})
        text = _with_tables(pyproject, tables)
        return Beginning(pyproject, text, f"{PYPROJECT} does not mention environments yet")
    if is_file(requirements):
        listed = ["pip", {"pip": [f"-r {_REQUIREMENTS}"]}]
        text = _as_yaml(workspace, listed)
        return Beginning(folder / "environment.yml", text, f"it reads {_REQUIREMENTS}")
    return Beginning(folder / "pixi.toml", tomli_w.dumps({"workspace": workspace, "dependencies": python}), "")


def _completed(path: Path, workspace: Mapping[str, Any], python: Mapping[str, str]) -> Beginning | None:
    """A manifest with what it lacks to be read, ``None`` if that is nothing."""
    if path.name == PIXI:
        data = Document.read(path).data
        # A package belongs to the workspace of a directory above.
        if not data.keys().isdisjoint(("workspace", "project", "package")):
            return None
        own = {} if "dependencies" in data else {"dependencies": python}
        return Beginning(
            path, _with_tables(path, tomli_w.dumps({"workspace": workspace, **own})), "it had no [workspace]"
        )
    if not is_environment_yml(path):
        return None
    data = YamlDocument(path, read_text(path)).data
    if "dependencies" in data:
        return None
    return Beginning(path, _with_tables(path, _as_yaml(workspace, [], data)), "it had no dependencies")


def _as_yaml(workspace: Mapping[str, Any], listed: Sequence[object], known: Collection[str] = ()) -> str:
    """The keys of an ``environment.yml`` other than those that are ``known``; ``listed`` is what follows Python."""
    dependencies = [f"python={_PYTHON}", *listed]
    data = {**workspace, "channels": [*workspace["channels"], "nodefaults"], "dependencies": dependencies}
    missing = {key: value for key, value in data.items() if key not in known}
    return str(yaml.safe_dump(missing, sort_keys=False, allow_unicode=True))


def _with_tables(path: Path, tables: str) -> str:
    """The text of a file with tables or keys at its end; all that is there stays, a byte order mark included."""
    if not read_text(path):
        return tables
    before = path.read_bytes().decode("utf-8")
    break_ = newline(before)
    end = "" if before.endswith("\n") else break_
    return f"{before}{end}{break_}{tables.replace(chr(10), break_)}"
