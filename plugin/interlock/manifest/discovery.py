"""Finding the manifest of a directory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from interlock.core.files import exists, is_file
from interlock.core.labels import label
from interlock.core.names import ENVIRONMENT_YML
from interlock.core.toml import value_at
from interlock.manifest import codes
from interlock.manifest.document import Document, read_text
from interlock.manifest.report import failure
from interlock.manifest.text_document import is_explicit
from interlock_hooks.types.findings import Location

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PYPROJECT = "pyproject.toml"
PIXI = "pixi.toml"
NAMES = (PIXI, PYPROJECT, *ENVIRONMENT_YML)
_TOOLS = ("pixi", "interlock", "uv")
# Files of other tools that tell what an environment needs, and what to do with them.
_OTHERS = {
    "requirements.txt": "run `interlock init`, which writes an environment.yml that reads requirements.txt",
    "setup.py": (
        "add a pyproject.toml with [tool.pixi.workspace] next to setup.py, and list the project in "
        '[tool.pixi.pypi-dependencies] as { path = ".", editable = true }'
    ),
}
_PACKAGE = re.compile(r"^\s*(\[\s*)?(tool\s*\.\s*pixi\s*\.\s*)?package\b", re.MULTILINE)
_WORKSPACE = frozenset({"workspace", "project"})
_FIX = "run `interlock init`, or name a manifest with --manifest-path"


def is_manifest(data: dict[str, Any]) -> bool:
    """Whether a ``pyproject.toml`` says anything about environments."""
    tools = data.get("tool")
    named = isinstance(tools, dict) and any(tool in tools for tool in _TOOLS)
    return named or "project" in data or "dependency-groups" in data


def _pixi_tables(path: Path) -> Mapping[str, Any]:
    """What a manifest says in the tables of pixi."""
    if path.suffix != ".toml":
        return {}
    found = value_at(Document.read(path).data, ("tool", "pixi") if path.name == PYPROJECT else ())
    return found if isinstance(found, dict) else {}


def _is_workspace(path: Path) -> bool:
    return not _WORKSPACE.isdisjoint(_pixi_tables(path))


def _is_package(path: Path) -> bool:
    """Whether a file declares a conda package, and no workspace that it belongs to."""
    # The pattern spares parsing most files twice.
    return bool(_PACKAGE.search(read_text(path))) and "package" in _pixi_tables(path) and not _is_workspace(path)


def _only_adds(data: dict[str, Any]) -> bool:
    """Whether a ``pyproject.toml`` only says what Interlock adds to another manifest."""
    tools = data.get("tool")
    named = [tool for tool in _TOOLS if isinstance(tools, dict) and tool in tools]
    return named == ["interlock"] and "project" not in data and "dependency-groups" not in data


def is_environment_yml(path: Path) -> bool:
    """Whether a file is an ``environment.yml``; it may have another name with that ending (CEP 24)."""
    return path.suffix in (".yml", ".yaml")


def is_conda_file(path: Path) -> bool:
    """Whether a file is one of conda's: an ``environment.yml``, or a text spec file (CEP 23)."""
    return is_environment_yml(path) or path.suffix == ".txt"


def check_kind(path: Path) -> None:
    """Raise :class:`InterlockError` (IL102) for a file that is not a manifest by its name."""
    where = Location(file=label(path))
    if path.suffix == ".txt" and "requirements" in path.name and is_file(path) and not is_explicit(read_text(path)):
        # conda would read it as names of conda packages.
        raise failure(codes.UNREADABLE, f"{path.name} is not a manifest", where, fix=_OTHERS["requirements.txt"])
    if is_file(path) and path.suffix != ".toml" and not is_conda_file(path):
        fix = f"name a {', '.join(NAMES[:-1])}, or one of conda's spec files (.txt)"
        raise failure(codes.UNREADABLE, f"{path.name} is not a manifest", where, fix=fix)


def find_manifest(start: Path) -> Path:
    """The manifest for a directory: the nearest one upwards, in one directory the first of :data:`NAMES`.

    A ``pyproject.toml`` counts if it has ``[tool.pixi]``, ``[tool.interlock]``, ``[tool.uv]``, ``[project]`` or
    ``[dependency-groups]``; one that only has ``[tool.interlock]`` adds to an ``environment.yml`` beside it. ``start``
    may also be the manifest itself. As in pixi, one that declares a conda package leads to the workspace in a directory
    above; without one, it is the manifest itself. Raises :class:`InterlockError`: IL101 if nothing is found, IL103 if
    a ``pyproject.toml`` on the way is malformed.
    """
    start = start.absolute()
    if is_file(start):
        return start
    if not exists(start):
        raise failure(codes.NOT_FOUND, f"{label(start)} does not exist", Location(file=label(start)))
    package: Path | None = None
    passed: list[str] = []
    for directory in (start, *start.parents):
        found = manifest_in(directory, passed)
        if found and package is None and not _is_package(found):
            return found
        if found and package and _is_workspace(found):
            return found
        package = package or found
    if package:
        return package
    others = [name for name in _OTHERS if is_file(start / name)]
    why = [f"these files do not declare environments: {', '.join(passed)}"] if passed else []
    why += [f"{start.name} has {' and '.join(others)}, which Interlock does not use as a manifest"] if others else []
    raise failure(
        codes.NOT_FOUND,
        f"no manifest in {start} or the directories above it",
        None,
        why="; ".join(why),
        fix=_OTHERS[others[0]] if others else _FIX,
    )


def manifest_in(directory: Path, passed: list[str]) -> Path | None:
    """The manifest of one directory; what is there and declares nothing is added to ``passed``.

    Raises :class:`InterlockError` (IL103) if its ``pyproject.toml`` is malformed.
    """
    pixi, pyproject, *others_of_conda = (directory / name for name in NAMES)
    if is_file(pixi):
        return pixi
    conda = next(filter(is_file, others_of_conda), None)
    if is_file(pyproject):
        data = Document.read(pyproject).data
        if is_manifest(data) and not (conda and _only_adds(data)):
            return pyproject
        passed.append(label(pyproject))
    return conda
