"""Moving dependencies beyond the bounds of the manifest, which are written anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.lock.model import Lock
from interlock.lock.moves import Moves
from interlock.manifest.editing.findings import left_alone
from interlock.manifest.editing.ranges import Ranged, range_of, with_ranges
from interlock.project.locking import answered, solve_all
from interlock.project.motion import Motion, held
from interlock.project.removals import listed
from interlock.project.solved_bounds import admits, environments_of, versions_of
from interlock.project.solved_edits import Edit, compared, edited, solved, text_of

if TYPE_CHECKING:
    from interlock.manifest.editing.dialects import Entry
    from interlock.manifest.editing.manifest_text import ManifestText
    from interlock.project.opening import Project
    from interlock_hooks.types import Finding


def upgrade(project: Project, names: Sequence[str]) -> Edit:
    """The project with dependencies at the newest versions that fit together, whatever their upper bounds were.

    A range that excludes what was solved is written anew, in the same way; all others stay. Exact pins are left alone
    unless they are named, and so is what comes from somewhere else than a channel or an index. Raises
    :class:`InterlockError`: IL133 for a name that the manifest does not list, otherwise as solving does.
    """
    before = text_of(project)
    # What no environment contains is not solved, so that nothing is known of it.
    entries = listed(before, names) if names else before.entries
    solvable = [each for each in entries if environments_of(each.place, project.workspace)]
    ranged, left = _chosen(before, solvable, named=bool(names))
    motion = Motion(moves=Moves(names=frozenset(canonicalize_name(each.entry.name) for each in ranged)))
    relaxed = with_ranges(before, [(each, each.clauses.relaxed) for each in ranged if each.clauses.each])
    edit = solved(project, before, relaxed, partial(solve_all, motion=motion))
    final = with_ranges(before, [(each, new) for each in ranged if (new := _rewritten(each, edit)) is not None])
    renewed, old = edited(project, final), edit.old_lock or Lock()
    # Of all dependencies, most are at their newest versions.
    moving = sorted({each.entry.name for each in ranged}) if names and old.environments else ()
    lock = answered(renewed, edit.lock, earlier=edit.project)
    return replace(
        edit,
        project=renewed,
        after=final,
        lock=lock,
        comparison=compared(project, renewed, edit.old_lock, lock),
        environments=tuple(project.workspace.environments),
        findings=(*edit.findings, *left, *held(moving, old, lock, motion)),
    )


def _chosen(manifest: ManifestText, entries: Sequence[Entry], *, named: bool) -> tuple[list[Ranged], list[Finding]]:
    """The entries whose ranges may change, and notes about the others."""
    ranged, left = [], []
    for entry in entries:
        found = range_of(manifest, entry)
        where = manifest.where(entry)
        if isinstance(found, str):
            left.append(left_alone(entry.name, found, where))
        elif found.clauses.is_exact and not named:
            why = "it is pinned to one version"
            left.append(left_alone(entry.name, why, where, f"`interlock env upgrade {entry.name}` moves the pin"))
        else:
            ranged.append(found)
    return ranged, left


def _rewritten(ranged: Ranged, edit: Edit) -> str | None:
    """The new range of an entry, ``None`` if the old one has what was solved, or nothing was."""
    entry, old = ranged.entry, ",".join(map(str, ranged.clauses.each))
    versions = versions_of(entry.ecosystem, entry.name, entry.place, edit.lock, edit.project.workspace)
    fits = partial(admits, entry.ecosystem, entry.name)
    if not versions or not old or all(fits(old, version) for version in versions):
        return None
    return ranged.clauses.rewritten(entry.name, versions[0], versions[-1], fits)
