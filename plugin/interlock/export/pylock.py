"""A lock file of PEP 751 with the PyPI packages of one environment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import tomli_w

from interlock.core.platforms import find_subdir
from interlock.engines.pylock import file_entry, tree_entry, with_subdirectory
from interlock.export.findings import without_conda, without_plans
from interlock.export.model import Exported
from interlock.export.places import is_local, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from interlock.export.model import Subject
    from interlock_hooks.types import Finding, PyPIPackage

_FILE = "pylock.toml"


def export(subject: Subject) -> Exported:
    """The file for ``uv pip install -r pylock.toml`` and ``pip install -r pylock.toml``.

    It holds for the interpreter and platform of the environment, and has one artifact for each package.
    """
    locked = subject.locked
    direct = subject.asked_by_url()
    document = {
        "lock-version": "1.0",
        "environments": [find_subdir(locked.conda.platform).marker],
        "requires-python": f"=={locked.resolution.python.minor}.*",
        "created-by": "interlock",
        "packages": [
            _package(package, subject.root, by_url=package.name in direct) for package in locked.resolution.packages
        ],
    }
    text = tomli_w.dumps(document, multiline_strings=False)
    return Exported(text=f"{subject.heading}\n{text}", findings=tuple(_findings(subject)))


def _package(package: PyPIPackage, root: Path, *, by_url: bool) -> dict[str, Any]:
    artifact = package.artifact
    entry: dict[str, Any] = {"name": package.name}
    if package.is_source_tree:
        return entry | tree_entry(artifact, partial(path_of, artifact, root))
    entry["version"] = package.version
    file = file_entry(artifact, {"path": path_of(artifact, root)} if is_local(artifact) else {"url": artifact.url})
    if by_url and not is_local(artifact):
        return entry | {"archive": with_subdirectory(file, artifact)}
    if package.index is not None:
        entry["index"] = package.index
    return entry | ({"wheels": [file]} if artifact.kind == "wheel" else {"sdist": file})


def _findings(subject: Subject) -> Iterator[Finding]:
    if supplied := subject.supplied_by_conda():
        yield without_conda(_FILE, supplied)
    if plans := subject.special_builds():
        yield without_plans(_FILE, plans, for_uv=True)
