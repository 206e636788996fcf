"""An edit of the manifest that has a solution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from interlock.lock.model import Lock
from interlock.manifest import load
from interlock.manifest.editing.differences import Written
from interlock.manifest.editing.manifest_text import ManifestText
from interlock.manifest.model import DEFAULT
from interlock.project.comparing import compare_versions
from interlock.project.findings.edits import nothing_changed
from interlock.project.locking import LockOutcome, solve_all
from interlock.project.reading import Opened
from interlock.project.versions import Version
from interlock_hooks.types import InterlockError, Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from interlock.project.comparing import Comparison
    from interlock.project.ecosystems import Choice
    from interlock.project.opening import Project
    from interlock_hooks.types import Finding

__all__ = ["Edit", "Written", "edited", "solved", "text_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change of the manifest that has a solution; nothing is written yet.

    ``project`` is what it becomes, ``lock`` its lock, and ``old_lock`` the one that this was made from. ``choices`` are
    what was added, ``written`` the keys that change, and ``environments`` those that they count for.
    """

    project: Project
    before: ManifestText
    after: ManifestText
    lock: Lock
    old_lock: Lock | None = None
    comparison: Comparison
    environments: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def written(self) -> tuple[Written, ...]:
        """What changes in the manifest."""
        return self.before.changes(self.after)

    @property
    def changed(self) -> tuple[Path, ...]:
        """The files of the manifest that change."""
        pairs = zip(self.before.files, self.after.files, strict=True)
        return tuple(before.path for before, after in pairs if before.text != after.text)

    @property
    def has_changes(self) -> bool:
        """Whether the manifest or the lock is to be written."""
        return self.before != self.after or self.lock != self.old_lock

    def require(self, environment: str) -> None:
        """Raise :class:`InterlockError` (IL112) if the project has no such environment after the edit."""
        self.project.workspace.supported_platforms(environment)

    @property
    def environment(self) -> str | None:
        """The environment that is installed after it: the default one if the edit counts for it, else the first."""
        return DEFAULT if DEFAULT in self.environments else next(iter(self.environments), None)


def text_of(project: Project) -> ManifestText:
    """The manifest of a project as it is on disk."""
    return ManifestText.read(project.workspace.manifest)


def edited(project: Project, manifest: ManifestText) -> Project:
    """A project with another text of its manifest. Raises :class:`InterlockError` as reading it does."""
    return replace(project, workspace=load(manifest.path, text=manifest.text, others=manifest.others))


def solved(
    project: Project, before: ManifestText, after: ManifestText, solve: Callable[[Project], LockOutcome] = solve_all
) -> Edit:
    """What an edit leads to; an environment that could be had before must be had after it."""
    renewed = edited(project, after)
    try:
        outcome = solve(renewed)
    except InterlockError as error:
        # The lines in it are those that the manifest would have had.
        raise InterlockError(*error.findings, nothing_changed(before.path)) from error
    known, now = ({(each.code, each.what) for each in found.workspace.refusals} for found in (project, renewed))
    new = [each for each in outcome.refused if (each.code, each.what) in now - known]
    if new:
        raise InterlockError(*new, nothing_changed(before.path))
    return Edit(
        project=renewed,
        before=before,
        after=after,
        lock=outcome.lock,
        old_lock=outcome.before,
        comparison=compared(project, renewed, outcome.before, outcome.lock),
        environments=(),
        findings=(*outcome.findings, *(replace(each, severity=Severity.WARNING) for each in outcome.refused)),
    )


def compared(project: Project, renewed: Project, before: Lock | None, lock: Lock) -> Comparison:
    """What becomes of the lock of a project, told with the lines of the manifest before and after."""
    old = Version("before", before or Lock(), project.workspace)
    return compare_versions(old, Version("after", lock, renewed.workspace), Opened(project.layout, renewed))
