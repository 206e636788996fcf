"""Finding the manifest that a directory belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interlock.manifest import report as codes
from interlock.manifest.document import Document, label
from interlock.manifest.report import failure
from interlock_hooks.types.findings import Location

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("pixi.toml", "pyproject.toml")
_TOOLS = ("pixi", "interlock", "uv")


def is_manifest(data: dict[str, Any]) -> bool:
    """Whether a ``pyproject.toml`` says anything about environments."""
    tools = data.get("tool")
    named = isinstance(tools, dict) and any(tool in tools for tool in _TOOLS)
    return named or "project" in data or "dependency-groups" in data


def find_manifest(start: Path) -> Path:
    """The manifest for a directory: the nearest one upwards, in one directory ``pixi.toml`` before ``pyproject.toml``.

    A ``pyproject.toml`` counts if it has ``[tool.pixi]``, ``[tool.interlock]``, ``[tool.uv]``, ``[project]`` or
    ``[dependency-groups]``. ``start`` may also be the manifest itself. Raises :class:`InterlockError`: IL101 if there
    is none, IL103 if a ``pyproject.toml`` on the way is malformed.
    """
    start = start.absolute()
    if start.is_file():
        return start
    if not start.exists():
        raise failure(codes.NOT_FOUND, f"{label(start)} does not exist", Location(file=label(start)))
    passed = []
    for directory in (start, *start.parents):
        pixi, pyproject = (directory / name for name in NAMES)
        if pixi.is_file():
            return pixi
        if pyproject.is_file():
            if is_manifest(Document.read(pyproject).data):
                return pyproject
            passed.append(label(pyproject))
    why = f"Passed over: {', '.join(passed)}, which say nothing about environments." if passed else ""
    raise failure(
        codes.NOT_FOUND,
        f"no manifest in {start} or the directories above it",
        None,
        why=why,
        fix="Create a pixi.toml, or a pyproject.toml with [tool.pixi], [tool.uv] or [project].",
    )
