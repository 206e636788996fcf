"""The files that an install depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.deciding import cache_keys, deciding_files
from interlock.core.named_files import named_files
from interlock.core.recipes import source_trees, sources_of
from interlock.core.urls import local_path
from interlock.engines.git_history import history_files
from interlock.manifest.dialects.uv_workspace import possible_roots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from interlock.core.globs import Pattern
    from interlock.project.opening import Project
    from interlock_hooks.types import Artifact, EnvironmentRequest, LockedEnvironment


def install_inputs(
    project: Project, request: EnvironmentRequest, locked: LockedEnvironment, *, lock_read_at: int
) -> dict[Path | Pattern, int]:
    """The files that decide what an install does, and when each was read (ns since the epoch).

    If none of them changed, there is nothing to do.
    """
    trees: list[Path | Pattern] = [tree for source in sources_of(request.conda_specs) for tree in source_trees(source)]
    for package in (*locked.resolution.packages, *(tool for plan in locked.plans for tool in plan.overlay)):
        if package.artifact.kind == "directory":
            trees += _tree_inputs(package.artifact)
    # Whoever becomes a member of uv's workspace, or leaves one, has other settings.
    roots = possible_roots(project.workspace.manifest)
    files = (*project.workspace.files, *roots, *trees, *named_files(request, locked))
    return dict.fromkeys(files, project.read_at) | {project.layout.lock_file: lock_read_at}


def _tree_inputs(artifact: Artifact) -> Iterator[Path | Pattern]:
    folder = local_path(artifact.url)
    tree = folder / (artifact.subdirectory or "")
    keys = cache_keys(tree)
    if artifact.editable:
        # What is imported from an editable directory changes by itself; only what is built from it matters.
        yield from deciding_files(tree)
        yield from keys.files
    else:
        yield folder
    yield from history_files(tree, keys)
