"""A lock file of PEP 751 with the PyPI packages of one environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomli_w

from interlock.core.platforms import find_subdir
from interlock.export.findings import without_conda, without_plans
from interlock.export.model import Exported
from interlock.export.places import is_local, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from interlock.export.model import Subject
    from interlock_hooks.types import Artifact, Finding, PyPIPackage

_FILE = "pylock.toml"


def export(subject: Subject) -> Exported:
    """The file for ``uv pip install -r pylock.toml`` and ``pip install -r pylock.toml``.

    It holds for the interpreter and platform of the environment, and has one artifact for each package.
    """
    locked = subject.locked
    direct = subject.asked_by_url()
    document = {
        "lock-version": "1.0",
        "environments": [_marker(locked.conda.platform)],
        "requires-python": f"=={locked.resolution.python.minor}.*",
        "created-by": "interlock",
        "packages": [
            _package(package, subject.root, by_url=package.name in direct) for package in locked.resolution.packages
        ],
    }
    text = tomli_w.dumps(document, multiline_strings=False)
    return Exported(text=f"# Exported by Interlock: {subject.title}.\n{text}", findings=tuple(_findings(subject)))


def _marker(platform: str) -> str:
    subdir = find_subdir(platform)
    return f"sys_platform == '{subdir.system.sys_platform}' and platform_machine == '{subdir.machine}'"


def _package(package: PyPIPackage, root: Path, *, by_url: bool) -> dict[str, Any]:
    artifact = package.artifact
    entry: dict[str, Any] = {"name": package.name}
    if not package.is_source_tree:
        entry["version"] = package.version
    if artifact.kind == "git":
        vcs = {"type": "git", "url": artifact.url, "commit-id": artifact.commit or ""}
        return entry | {"vcs": _with_subdirectory(vcs, artifact)}
    if artifact.kind == "directory":
        directory = {"path": path_of(artifact, root), "editable": artifact.editable}
        return entry | {"directory": _with_subdirectory(directory, artifact)}
    if by_url and not is_local(artifact):
        return entry | {"archive": _with_subdirectory(_file(artifact, root), artifact)}
    if package.index is not None:
        entry["index"] = package.index
    file = _file(artifact, root)
    return entry | ({"wheels": [file]} if artifact.kind == "wheel" else {"sdist": file})


def _file(artifact: Artifact, root: Path) -> dict[str, Any]:
    place = {"path": path_of(artifact, root)} if is_local(artifact) else {"url": artifact.url}
    size = {} if artifact.size is None else {"size": artifact.size}
    hashes = {"sha256": artifact.sha256} if artifact.sha256 else {}
    return {**place, **size, "hashes": hashes}


def _with_subdirectory(entry: dict[str, Any], artifact: Artifact) -> dict[str, Any]:
    return entry if artifact.subdirectory is None else entry | {"subdirectory": artifact.subdirectory}


def _findings(subject: Subject) -> Iterator[Finding]:
    if supplied := subject.supplied_by_conda():
        yield without_conda(_FILE, supplied)
    if plans := subject.special_builds():
        yield without_plans(_FILE, plans)
