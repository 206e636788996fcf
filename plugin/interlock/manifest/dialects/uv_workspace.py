"""uv's workspaces: several projects in one repository, which name each other with ``workspace = true``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from glob import glob
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from interlock.core.shapes import texts_in
from interlock.core.toml import read_tables
from interlock.manifest import codes
from interlock.manifest.report import nearest
from interlock.manifest.requirements import Source
from interlock.manifest.urls import absolute

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.table import Table
    from interlock_hooks.types.findings import Finding

MANIFEST = "pyproject.toml"


def member_source(entry: Table, package: str) -> Source | None:
    """The directory of a workspace member, editable unless the source says otherwise.

    The workspace is the one that ``workspace`` names, or for ``true`` the one whose root is the manifest's directory or
    above it (``[tool.uv.workspace]``). Where there is no such workspace or member, the source is refused (IL105).
    """
    reference, editable = entry.raw("workspace"), entry.boolean("editable")
    if not isinstance(reference, (bool, str)):
        entry.wrong_type("a boolean or a path", reference, "workspace")
        return None
    root = absolute(reference, entry.root) if isinstance(reference, str) else _root_above(entry.root)
    if root is None or _workspace(root) is None:
        what = f"the source of {package!r} is a workspace member, and there is no workspace"
        why = f"{root / MANIFEST} has no [tool.uv.workspace]" if root else ""
        fix = 'declare one: [tool.uv.workspace] with members = ["..."]'
        return Source(refusal=entry.refusal(codes.WRONG_VALUE, what, "workspace", why=why, fix=fix))
    folders = dict(members(root))
    found = folders.get(canonicalize_name(package))
    if found is None:
        guess = nearest(package, folders)
        known = ", ".join(sorted(folders)) or "none"
        fix = f"did you mean {guess!r}?" if guess else f"add its directory to 'members' in {root / MANIFEST}"
        what = f"the workspace has no member {package!r}"
        why = f"its members are: {known}"
        return Source(refusal=entry.refusal(codes.WRONG_VALUE, what, "workspace", why=why, fix=fix))
    refusal = virtual_refusal(entry, "workspace") if is_virtual(found) else None
    return Source(url=found.as_uri(), editable=editable is not False, refusal=refusal)


def check_workspace(uv: Table) -> None:
    """Report what is wrong with ``[tool.uv.workspace]``, which is read wherever a member of it is named."""
    workspace = uv.table("workspace")
    if workspace is not None:
        workspace.strings("members")
        workspace.strings("exclude")
        workspace.close()


def virtual_refusal(entry: Table, key: str) -> Finding:
    """Why a source that is not a package is refused."""
    return entry.refusal(
        codes.UNSUPPORTED,
        f"the source of {entry.path[-1]!r} is not a package",
        key,
        why="uv would install only what it requires, and Interlock cannot do that",
        fix="list what it requires, or make it a package: [build-system], and no 'package = false'",
    )


def is_virtual(folder: Path) -> bool:
    """Whether the project in a folder says that it is not a package (``package = false``)."""
    return _table(_table(_tables(folder), "tool"), "uv").get("package") is False


def workspace_of(project: Path) -> Path | None:
    """The root of the workspace that a project is a member of, which can be the project itself."""
    root = _root_above(project)
    if root is None or root == project:
        return root
    return root if project in (folder for _, folder in members(root)) else None


def workspace_members(project: Path) -> tuple[Path, ...]:
    """The projects of the workspace that has its root at a project or above it, and the root."""
    root = _root_above(project)
    return () if root is None else (root, *(folder for _, folder in members(root)))


def possible_roots(manifest: Path) -> tuple[Path, ...]:
    """The files above a manifest that decide whether it is a member of a workspace, whether they are there or not."""
    project = manifest.parent
    root = _root_above(project)
    if manifest.name != MANIFEST or root == project:
        return ()
    return tuple(each / MANIFEST for each in project.parents if root is None or each.is_relative_to(root))


def _root_above(folder: Path) -> Path | None:
    return next((each for each in (folder, *folder.parents) if _workspace(each) is not None), None)


def members(root: Path) -> Iterator[tuple[str, Path]]:
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
    path = folder / MANIFEST
    try:
        status = path.stat()
    except OSError:
        return {}
    return _parsed(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1024)
def _parsed(path: Path, _time: int, _size: int) -> Mapping[str, Any]:
    # Each source of a member looks through the whole workspace.
    return read_tables(path)


def _table(tables: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = tables.get(key)
    return found if isinstance(found, dict) else {}
