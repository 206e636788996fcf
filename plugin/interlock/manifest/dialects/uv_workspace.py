"""uv's workspaces: several projects in one repository, which name each other with ``workspace = true``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from glob import glob
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from interlock.core.shapes import texts_in
from interlock.core.toml import read_tables
from interlock.manifest import codes
from interlock.manifest.report import nearest

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.table import Table

MANIFEST = "pyproject.toml"


def member_url(entry: Table, package: str) -> str | None:
    """The directory of a workspace member as a URL; reports IL105 if the workspace of the manifest has no such member.

    The workspace is the one whose root is the manifest's directory or above it (``[tool.uv.workspace]``).
    """
    here = entry.document.path.parent
    root = _root_above(here)
    if root is None:
        what = f"the source of {package!r} is a workspace member, and there is no workspace"
        entry.error(codes.WRONG_VALUE, what, "workspace", fix='declare one: [tool.uv.workspace] with members = ["..."]')
        return None
    members = dict(_members(root))
    found = members.get(canonicalize_name(package))
    if found is None:
        guess = nearest(package, members)
        known = ", ".join(sorted(members)) or "none"
        fix = f"did you mean {guess!r}?" if guess else f"add its directory to 'members' in {root / MANIFEST}"
        what = f"the workspace has no member {package!r}"
        entry.error(codes.WRONG_VALUE, what, "workspace", why=f"its members are: {known}", fix=fix)
        return None
    return found.as_uri()


def workspace_of(project: Path) -> Path | None:
    """The root of the workspace that a project is a member of, which can be the project itself."""
    root = _root_above(project)
    if root is None or root == project:
        return root
    return root if project in (folder for _, folder in _members(root)) else None


def _root_above(folder: Path) -> Path | None:
    return next((each for each in (folder, *folder.parents) if _workspace(each) is not None), None)


def _members(root: Path) -> Iterator[tuple[str, Path]]:
    """The projects of a workspace by name in normal form, the root itself included."""
    workspace = _workspace(root) or {}
    excluded = set(_matching(root, workspace, "exclude"))
    found = (root / path for path in _matching(root, workspace, "members") if path not in excluded)
    for folder in (root, *found):
        name = _table(_tables(folder), "project").get("name")
        if isinstance(name, str):
            yield canonicalize_name(name), folder


def _workspace(folder: Path) -> Mapping[str, Any] | None:
    uv = _table(_table(_tables(folder), "tool"), "uv")
    return _table(uv, "workspace") if "workspace" in uv else None


def _matching(root: Path, workspace: Mapping[str, Any], key: str) -> list[str]:
    """The paths that the patterns of a key match, relative to the root."""
    patterns = workspace.get(key)
    # An absolute one would look through the whole machine.
    listed = [each for each in texts_in(patterns) if not each.startswith("/")]
    # pathlib's own refuses some patterns.
    found = (path for pattern in listed for path in glob(pattern, root_dir=root, recursive=True))  # noqa: PTH207
    return sorted({path.rstrip("/") for path in found})


def _tables(folder: Path) -> Mapping[str, Any]:
    """What a project's manifest says; nothing where it cannot be read, which its own user is told."""
    return read_tables(folder / MANIFEST)


def _table(tables: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = tables.get(key)
    return found if isinstance(found, dict) else {}
