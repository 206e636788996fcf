"""Where an artifact is, as other tools write it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from interlock.core.urls import local_path

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import Artifact


def is_local(artifact: Artifact) -> bool:
    """Whether it lies on this machine."""
    return artifact.url.startswith("file:")


def path_of(artifact: Artifact, root: Path) -> str:
    """The path of a local artifact: relative to ``root`` if it lies there, as in ``./lib``."""
    path = local_path(artifact.url)
    return f"./{os.path.relpath(path, root)}" if path.is_relative_to(root) else str(path)
