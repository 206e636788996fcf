"""The tables that uv reads of a project: its own, that of its workspace's root, and ``uv.toml`` in place of settings.

uv takes settings from the root of the workspace, from ``uv.toml`` there if it exists, and constraints, overrides and
``environments`` from the root's ``pyproject.toml`` in any case. What belongs to one project is in its own file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.core.files import is_file
from interlock.manifest import codes
from interlock.manifest.dialects.uv_workspace import MANIFEST, check_workspace, workspace_of
from interlock.manifest.document import Document
from interlock.manifest.table import Table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

SETTINGS = "uv.toml"
_OF_PROJECT = (
    *("sources", "dev-dependencies", "default-groups", "dependency-groups", "conflicts", "managed", "package"),
    *("build-backend", "workspace", "index"),
)
_OF_ROOT = (
    *("environments", "required-environments", "constraint-dependencies", "override-dependencies"),
    *("exclude-dependencies", "build-constraint-dependencies"),
)
# uv refuses a uv.toml that has one of these; others that belong to pyproject.toml it passes over.
_NEVER_SETTINGS = (*_OF_PROJECT[:-1], "environments", "required-environments")


@dataclass(frozen=True, slots=True, kw_only=True)
class UvTables:
    """The ``project``'s own table, that of the ``root`` of its workspace, and the ``settings``; they may be the same.

    ``files`` are all other files that they are from, or would be from if they were there.
    """

    project: Table
    root: Table
    settings: Table
    files: tuple[Path, ...] = ()

    def close(self, quiet: Collection[str]) -> None:
        """Report keys without a meaning, and those that uv reads in another file, except for ``quiet`` ones."""
        if self.settings is not self.root:
            _check_settings(self.settings)
            _check_masked(self.root, self.settings, f"{SETTINGS} beside it takes its place", quiet)
        if self.root is not self.project:
            # What else is wrong with the root, its own user is told.
            where = self.root.document.label
            _check_masked(
                self.project, self.settings, f"it is a member of a workspace, whose settings are in {where}", quiet
            )
            _warn(self.project, _present(self.project, _OF_ROOT), f"uv reads it from {where}, the workspace's root")
        check_workspace(self.project)
        self.project.close()


def find_tables(top: Table) -> UvTables:
    """The tables for the project of the whole document ``top``."""
    project = _of_uv(top)
    folder = top.document.path.parent
    above = workspace_of(folder) or folder
    root = project if above == folder else _of_uv(Table.of(Document.read(above / MANIFEST), top.report))
    path = above / SETTINGS
    settings = root
    if is_file(path):
        settings = Table.of(Document.read(path), top.report)
    return UvTables(
        project=project,
        root=root,
        settings=settings,
        files=(path,) if root is project else (path, above / MANIFEST),
    )


def _of_uv(top: Table) -> Table:
    """The table of uv in a whole document, an empty one if there is none."""
    return top.table("tool", "uv") or top.at({}, "tool", "uv")


def _check_settings(settings: Table) -> None:
    for key in _present(settings, _NEVER_SETTINGS):
        what = f"{key!r} cannot be in {SETTINGS}"
        settings.error(codes.MISPLACED, what, key, fix=f"move it to [tool.uv] of {MANIFEST}")
    _warn(settings, _present(settings, _OF_ROOT[2:]), f"uv reads it from [tool.uv] of {MANIFEST} alone")
    settings.ignore(*_OF_PROJECT, *_OF_ROOT)
    settings.close()


def _check_masked(table: Table, settings: Table, why: str, quiet: Collection[str]) -> None:
    kept = (*_OF_PROJECT, *_OF_ROOT, *quiet)
    masked = [key for key in table.data if key in settings.known and key not in kept]
    _warn(table, masked, why)
    table.ignore(*settings.known)


def _warn(table: Table, keys: Iterable[str], why: str) -> None:
    for key in keys:
        table.warning(codes.MISPLACED, f"{key!r} has no effect here", key, why=why, fix="move it there, or remove it")


def _present(table: Table, keys: Iterable[str]) -> list[str]:
    return [key for key in keys if key in table]
