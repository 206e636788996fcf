"""The build system of a project: the ``[build-system]`` table of PEP 517 and PEP 518."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli
from packaging.requirements import InvalidRequirement, Requirement

from interlock.builds.sources.findings import backend_outside, malformed_build_system
from interlock.core.toml import parse_toml
from interlock_hooks.types import InterlockError

LEGACY_BACKEND = "setuptools.build_meta:__legacy__"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSystem:
    """The build backend of a project and what has to be installed to run it.

    The defaults are those of PEP 517 for a project without ``[build-system]``: setuptools' legacy backend. Those of its
    releases that need ``wheel`` ask for it when they are called.
    """

    requires: tuple[str, ...] = ("setuptools",)
    backend: str = LEGACY_BACKEND
    backend_path: tuple[str, ...] = ()


def read_build_system(tree: Path) -> BuildSystem:
    """The build system of the project in ``tree``.

    Raises :class:`InterlockError`: IL405 for a pyproject.toml that PEP 518 does not allow, IL406 for a backend path
    outside of the tree.
    """
    file = tree / "pyproject.toml"
    if not file.is_file():
        return _undeclared(tree)
    try:
        table = parse_toml(file.read_text(encoding="utf-8")).get("build-system")
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _malformed(tree, f"it is not valid TOML: {error}") from error
    if table is None:
        return _undeclared(tree)
    if not isinstance(table, dict) or "requires" not in table:
        raise _malformed(tree, "[build-system] has no `requires`")
    requires = _strings(tree, table, "requires")
    try:
        for text in requires:
            Requirement(text)
    except InvalidRequirement as error:
        raise _malformed(tree, f"a build requirement is not valid: {error}") from error
    backend = table.get("build-backend", LEGACY_BACKEND)
    if not isinstance(backend, str):
        raise _malformed(tree, "`build-backend` is not a string")
    return BuildSystem(requires=requires, backend=backend, backend_path=_backend_path(tree, table))


def _undeclared(tree: Path) -> BuildSystem:
    """The build system of a project that names none; ``wheel`` was taken for granted by many a setup.py (PEP 518)."""
    setup = tree / "setup.py"
    imports_wheel = setup.is_file() and b"wheel" in setup.read_bytes()
    return BuildSystem(requires=("setuptools", "wheel")) if imports_wheel else BuildSystem()


def _backend_path(tree: Path, table: dict[str, Any]) -> tuple[str, ...]:
    paths = _strings(tree, table, "backend-path")
    top = tree.resolve()
    for path in paths:
        # PEP 517: relative, and inside of the tree also when links are followed.
        if Path(path).is_absolute() or not (tree / path).resolve().is_relative_to(top):
            raise InterlockError(backend_outside(tree, path))
    return paths


def _strings(tree: Path, table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _malformed(tree, f"`{key}` is not a list of strings")
    return tuple(value)


def _malformed(tree: Path, why: str) -> InterlockError:
    return InterlockError(malformed_build_system(tree, why))
