"""The source tree of an artifact, in a directory that a build may write into."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from interlock.builds.sources.archive import unpack_archive
from interlock.builds.sources.download import fetch_file, local_path
from interlock.builds.sources.git import checkout
from interlock_hooks.types import Artifact, Finding, InterlockError

# Directories that hold environments, caches or results; none of them is source, and some are huge.
_NOT_SOURCE = frozenset({".interlock", ".pixi", ".tox", ".nox", "__pycache__", ".mypy_cache", ".ruff_cache"})
_HISTORY = frozenset({".git", ".hg", ".svn"})
# What builds leave at the top of a tree; deeper down these are ordinary names.
_RESULTS = frozenset({"build", "dist", ".eggs"})


def fetch_tree(artifact: Artifact, target: Path, *, root: Path) -> Path:
    """Put the source of ``artifact`` into ``target`` and return the directory that holds the project.

    An editable directory is returned as it stands, since its build must write in place; every other kind is a copy,
    so that a build never writes into the user's files. ``root`` is what relative paths start from. Raises
    :class:`InterlockError`: IL401 (fetching), IL403 (unsafe archive), IL404 (no Python project in it), IL501 (hash).
    """
    if artifact.kind == "git":
        tree = checkout(artifact.url, artifact.commit or "HEAD", target / "repository")
    elif artifact.kind == "directory":
        tree = _directory(artifact, target, root)
    else:
        tree = unpack_archive(fetch_file(artifact, root=root), target)
    project = tree / artifact.subdirectory if artifact.subdirectory else tree
    return _checked(project, tree, artifact)


def tree_digest(tree: Path) -> str:
    """SHA-256 over the names and contents of the files under ``tree``; environments, caches and results left out."""
    digest = hashlib.sha256()
    for folder, names, files in os.walk(tree):
        skipped = not_source(folder, names) | (_RESULTS if Path(folder) == tree else frozenset())
        names[:] = sorted(set(names) - skipped)
        for name in sorted(files):
            path = Path(folder, name)
            digest.update(path.relative_to(tree).as_posix().encode() + b"\0")
            content = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
            digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def not_source(folder: str, names: list[str]) -> set[str]:
    """Those of the ``names`` in ``folder`` that are environments, caches or history."""
    return _ignored(folder, names) | _HISTORY


def _directory(artifact: Artifact, target: Path, root: Path) -> Path:
    place = local_path(artifact.url, root)
    if not place.is_dir():
        raise InterlockError(_no_project(artifact, f"{place} is not a directory"))
    if artifact.editable:
        return place
    try:
        return Path(shutil.copytree(place, target / place.name, symlinks=True, ignore=_ignored))
    except (OSError, shutil.Error) as error:
        raise InterlockError(_no_project(artifact, f"it could not be copied: {error}")) from error


def _ignored(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in _NOT_SOURCE or _is_environment(Path(folder, name))}


def _is_environment(path: Path) -> bool:
    return (path / "pyvenv.cfg").is_file() or (path / "conda-meta").is_dir()


def _checked(project: Path, tree: Path, artifact: Artifact) -> Path:
    if not project.resolve().is_relative_to(tree.resolve()):
        raise InterlockError(_no_project(artifact, f"the subdirectory {artifact.subdirectory!r} lies outside of it"))
    if not any((project / name).is_file() for name in ("pyproject.toml", "setup.py")):
        raise InterlockError(_no_project(artifact, "there is neither a pyproject.toml nor a setup.py"))
    return project


def _no_project(artifact: Artifact, why: str) -> Finding:
    return Finding(
        code="IL404",
        what=f"{artifact.filename or artifact.url} holds no Python project that can be built",
        why=why,
        fix="check the address or path, and the subdirectory if the project is not at the top",
    )
