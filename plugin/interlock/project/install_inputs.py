"""The files that an install depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.named_files import named_files
from interlock.core.recipes import source_trees, sources_of
from interlock.core.sources import deciding_files
from interlock.core.urls import local_path
from interlock.manifest.dialects.uv_workspace import possible_roots

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.project.opening import Project
    from interlock_hooks.types import EnvironmentRequest, LockedEnvironment


def install_inputs(project: Project, request: EnvironmentRequest, locked: LockedEnvironment) -> tuple[Path, ...]:
    """The files that decide what an install does; if none of them changed, there is nothing to do."""
    trees = [tree for source in sources_of(request.conda_specs) for tree in source_trees(source)]
    for package in (*locked.resolution.packages, *(tool for plan in locked.plans for tool in plan.overlay)):
        artifact = package.artifact
        if artifact.kind == "directory":
            folder = local_path(artifact.url)
            # What is imported from an editable directory changes by itself; only what is built from it matters.
            trees += deciding_files(folder / (artifact.subdirectory or "")) if artifact.editable else [folder]
    # Whoever becomes a member of uv's workspace, or leaves one, has other settings.
    roots = possible_roots(project.workspace.manifest)
    return (*project.workspace.files, *roots, project.layout.lock_file, *trees, *named_files(request, locked))
