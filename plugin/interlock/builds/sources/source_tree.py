"""The source tree of an artifact, in a directory that a build may write into."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from interlock.builds.sources.archive import unpack_archive
from interlock.builds.sources.download import fetch_file
from interlock.builds.sources.findings import no_project, not_cloned
from interlock.core.sources import left_out
from interlock.core.urls import local_path, redacted
from interlock.engines.git import GitError, checkout
from interlock_hooks.types import Artifact, InterlockError


def fetch_tree(artifact: Artifact, target: Path, *, root: Path) -> Path:
    """Put the source of ``artifact`` into ``target`` and return the directory that holds the project.

    An editable directory is returned as it stands, since its build must write in place; every other kind is a copy,
    so that a build never writes into the user's files. ``root`` is what relative paths start from. Raises
    :class:`InterlockError`: IL401 (fetching), IL403 (unsafe archive), IL404 (no Python project in it), IL501 (hash).
    """
    if artifact.kind == "git":
        tree = _repository(artifact, target / "repository")
    elif artifact.kind == "directory":
        tree = _directory(artifact, target, root)
    else:
        tree = unpack_archive(fetch_file(artifact, root=root), target)
    project = tree / artifact.subdirectory if artifact.subdirectory else tree
    return _checked(project, tree, artifact)


def _repository(artifact: Artifact, target: Path) -> Path:
    address = artifact.url.removeprefix("git+")
    try:
        return checkout(address, artifact.commit or "HEAD", target)
    except GitError as error:
        raise InterlockError(not_cloned(redacted(address), str(error), error.details)) from error


def _directory(artifact: Artifact, target: Path, root: Path) -> Path:
    place = local_path(artifact.url, root)
    if not place.is_dir():
        raise InterlockError(no_project(artifact, f"{place} is not a directory"))
    if artifact.editable:
        return place
    try:
        copy = Path(shutil.copytree(place, target / place.name, symlinks=True, ignore=left_out))
        _absolute_links(copy, place.resolve())
    except (OSError, shutil.Error) as error:
        raise InterlockError(no_project(artifact, f"it could not be copied: {error}")) from error
    return copy


def _absolute_links(copy: Path, place: Path) -> None:
    """Let what leads out of a copied tree by a relative path lead where it led from ``place``."""
    for folder, names, files in os.walk(copy):
        original = place / Path(folder).relative_to(copy)
        for name in (*names, *files):
            link = Path(folder, name)
            if not link.is_symlink() or link.readlink().is_absolute():
                continue
            target = os.path.normpath(original / link.readlink())
            if not Path(target).is_relative_to(place):
                link.unlink()
                link.symlink_to(target)
    _absolute_history(copy / ".git", place)


def _absolute_history(file: Path, place: Path) -> None:
    # A submodule or a worktree says in a file where its repository is.
    said = file.read_text(encoding="utf-8", errors="replace").strip() if file.is_file() else ""
    key, _, path = said.partition(": ")
    if key == "gitdir" and not Path(path).is_absolute():
        file.write_text(f"gitdir: {os.path.normpath(place / path)}\n", encoding="utf-8")


def _checked(project: Path, tree: Path, artifact: Artifact) -> Path:
    if not project.resolve().is_relative_to(tree.resolve()):
        raise InterlockError(no_project(artifact, f"the subdirectory {artifact.subdirectory!r} is outside it"))
    if not any((project / name).is_file() for name in ("pyproject.toml", "setup.py")):
        raise InterlockError(no_project(artifact, "there is neither a pyproject.toml nor a setup.py"))
    return project
