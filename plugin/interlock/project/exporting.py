"""The lock of a project in the formats of other tools."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.core.files import write_if_changed
from interlock.core.named_files import named_files
from interlock.core.recipes import source_trees, sources_of
from interlock.export.findings import unwritable
from interlock.export.formats import FORMATS
from interlock.export.model import Subject
from interlock.graph.assemble import assemble
from interlock.lock.findings import missing
from interlock.project.locking import lock_for
from interlock.project.platforms import locked_platform
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from interlock.lock.model import Lock
    from interlock.project.locking import LockMode
    from interlock.project.opening import Project
    from interlock_hooks.types import EnvironmentRequest, Finding, LockedEnvironment


@dataclass(frozen=True, slots=True)
class ExportOutcome:
    """The text of a file, and the environments and platforms that it is about."""

    text: str
    targets: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...] = ()


def export(
    project: Project, format_name: str, *, environment: str | None, platform: str | None, mode: LockMode
) -> ExportOutcome:
    """What is locked, in a format of :data:`FORMATS`.

    A format that holds everything gets all environments and platforms, unless one is named; the others get the
    environment ``default`` on the platform of this machine, unless others are named. Raises :class:`InterlockError`:
    IL112 for an unknown environment, IL605 for what the lock does not hold, and what the format cannot say.
    """
    chosen = FORMATS[format_name]
    if environment is not None:
        project.workspace.platforms_of(environment)  # raises for an unknown one
    outcome = lock_for(project, mode)
    lock = outcome.lock
    names = [environment] if environment else [each.name for each in lock.environments] if chosen.whole else ["default"]
    targets = [(name, each) for name in names for each in _platforms(project, lock, name, platform, whole=chosen.whole)]
    subjects = [_subject(project, lock, name, each) for name, each in targets]
    exported = chosen.export(subjects)
    findings = (*outcome.findings, *outcome.refused, *exported.findings)
    return ExportOutcome(exported.text, tuple(targets), findings)


def write_export(path: Path, text: str) -> bool:
    """Write an exported file and say whether it changed. Raises :class:`InterlockError` (IL647)."""
    try:
        return write_if_changed(path, text)
    except OSError as error:
        raise InterlockError(unwritable(path, error)) from error


def _platforms(project: Project, lock: Lock, name: str, platform: str | None, *, whole: bool) -> tuple[str, ...]:
    if platform is not None:
        return (platform,)
    return lock.platforms(name) if whole else (locked_platform(project, lock, name),)


def _subject(project: Project, lock: Lock, name: str, platform: str) -> Subject:
    request = project.workspace.request(name, platform)
    entry = lock.entry(name)
    locked = lock.get(name, request.target)
    if entry is None or locked is None:
        raise InterlockError(missing(project.layout.lock_file, name, request.target, known=lock.platforms(name)))
    return Subject(
        project=project.workspace.name,
        root=project.layout.root,
        locked=locked,
        indexes=entry.indexes,
        find_links=entry.find_links,
        no_index=request.pypi.no_index,
        requirements=tuple(requirement.text for requirement in request.requirements),
        variables=(*request.activation.preset, *request.activation.env),
        scripts=request.activation.scripts,
        files=_files(project, request, locked),
        needs=_needs(locked),
    )


def _files(project: Project, request: EnvironmentRequest, locked: LockedEnvironment) -> tuple[str, ...]:
    root = project.layout.root
    scripts = (root / script for script in request.activation.scripts)
    found = (*project.workspace.files, project.layout.lock_file, *named_files(request, locked), *scripts)
    files = [path for path in found if path.is_file()]
    trees = [tree for source in sources_of(request.conda_specs) for tree in source_trees(source) if tree.exists()]
    return tuple(dict.fromkeys(os.path.relpath(path, root) for path in (*files, *trees)))


def _needs(locked: LockedEnvironment) -> Mapping[str, tuple[str, ...]]:
    """The packages that each one requires, without what belongs to the machine or only to a build."""
    graph = assemble(locked, None)
    installed = {key for key, node in graph.nodes.items() if node.kind in ("conda", "pypi")}
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for edge in graph.edges:
        if edge.kind == "needs" and {edge.parent, edge.child} <= installed:
            found[edge.parent][edge.child] = None
    return {key: tuple(children) for key, children in found.items()}
