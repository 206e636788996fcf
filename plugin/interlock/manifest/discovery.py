"""Finding the manifest of a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interlock.core.files import exists, is_file
from interlock.manifest import codes
from interlock.manifest.document import Document, label
from interlock.manifest.report import failure
from interlock_hooks.types.findings import Location

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("pixi.toml", "pyproject.toml")
_TOOLS = ("pixi", "interlock", "uv")
# Files of other tools that tell what an environment needs, and what to do with them.
_OTHERS = {
    "environment.yml": "write the dependencies of environment.yml into a pixi.toml; Interlock does not read it yet",
    "environment.yaml": "write the dependencies of environment.yaml into a pixi.toml; Interlock does not read it yet",
    "requirements.txt": "list the packages of requirements.txt as `dependencies` in [project] of a pyproject.toml",
    "setup.py": (
        "add a pyproject.toml with [tool.pixi.workspace] next to setup.py, and list the project in "
        '[tool.pixi.pypi-dependencies] as { path = ".", editable = true }'
    ),
}
_FIX = "create a pixi.toml, or a pyproject.toml with [tool.pixi], [tool.uv] or [project]"


def is_manifest(data: dict[str, Any]) -> bool:
    """Whether a ``pyproject.toml`` says anything about environments."""
    tools = data.get("tool")
    named = isinstance(tools, dict) and any(tool in tools for tool in _TOOLS)
    return named or "project" in data or "dependency-groups" in data


def check_kind(path: Path) -> None:
    """Raise :class:`InterlockError` (IL102) for a file that is not a manifest by its name."""
    if path.suffix in (".yml", ".yaml"):
        raise failure(
            codes.UNREADABLE,
            f"{path.name} is a conda environment file, which Interlock does not read yet",
            Location(file=label(path)),
            fix="write its dependencies into a pixi.toml ('pixi init --import' does that)",
        )
    if is_file(path) and path.suffix != ".toml":
        fix = f"name a {' or '.join(NAMES)}"
        raise failure(codes.UNREADABLE, f"{path.name} is not a manifest", Location(file=label(path)), fix=fix)


def find_manifest(start: Path) -> Path:
    """The manifest for a directory: the nearest one upwards, in one directory ``pixi.toml`` before ``pyproject.toml``.

    A ``pyproject.toml`` counts if it has ``[tool.pixi]``, ``[tool.interlock]``, ``[tool.uv]``, ``[project]`` or
    ``[dependency-groups]``. ``start`` may also be the manifest itself. Raises :class:`InterlockError`: IL101 if there
    is none, IL103 if a ``pyproject.toml`` on the way is malformed.
    """
    start = start.absolute()
    if is_file(start):
        return start
    if not exists(start):
        raise failure(codes.NOT_FOUND, f"{label(start)} does not exist", Location(file=label(start)))
    passed, others = [], [name for name in _OTHERS if is_file(start / name)]
    for directory in (start, *start.parents):
        pixi, pyproject = (directory / name for name in NAMES)
        if is_file(pixi):
            return pixi
        if is_file(pyproject):
            if is_manifest(Document.read(pyproject).data):
                return pyproject
            passed.append(label(pyproject))
    why = [f"these files do not declare environments: {', '.join(passed)}"] if passed else []
    why += [f"{start.name} has {' and '.join(others)}, which Interlock does not use as a manifest"] if others else []
    raise failure(
        codes.NOT_FOUND,
        f"no manifest in {start} or the directories above it",
        None,
        why="; ".join(why),
        fix=_OTHERS[others[0]] if others else _FIX,
    )
