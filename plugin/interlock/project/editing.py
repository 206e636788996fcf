"""Adding dependencies to a project and removing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from interlock.manifest.editing.channels import with_channels
from interlock.manifest.editing.dependency import Place, combined, read_spec
from interlock.manifest.editing.edit import add, remove
from interlock.manifest.editing.findings import (
    listed_already,
    not_met,
    unknown_list,
    unreadable_spec,
    unused_feature,
)
from interlock.project.ecosystems import Choice, Chooser
from interlock.project.locking import answered
from interlock.project.platforms import platform_here
from interlock.project.removals import entries_to_remove, kept
from interlock.project.solved_bounds import admits, environments_of, misses, versions_of, with_bound
from interlock.project.solved_edits import Edit, compared, edited, solved, text_of
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.editing.dependency import Dependency, Ecosystem
    from interlock.manifest.editing.manifest_text import ManifestText
    from interlock.project.additions import Addition
    from interlock.project.opening import Project
    from interlock.project.package_lists import PackageList
    from interlock_hooks.types import Finding, Location


def add_dependencies(project: Project, addition: Addition) -> Edit:
    """The project with dependencies added, solved.

    Raises :class:`InterlockError`: IL131 and IL132 for what cannot be read or written, otherwise as the manifest and
    solving do.
    """
    before = text_of(project)
    specs = [read_spec(text) for text in addition.specs]
    if addition.source:
        specs = [spec.with_source(addition.source) for spec in specs]
    chooser = _chooser(project, before, addition.place)
    # Only what comes from PyPI is built.
    choices = [chooser.choose(spec, pypi=addition.pypi or addition.mode is not None) for spec in specs]
    reasons = {each.dependency.key: each.why for each in choices}
    try:
        asked = combined(_built(each.dependency, addition) for each in choices)
    except ValueError as error:
        why = f"it is named several times, and {error} cannot be all of that"
        raise InterlockError(unreadable_spec(str(error), why, "name it once")) from None
    return _with_choices(project, before, [Choice(each, reasons[each.key]) for each in asked], addition.place)


def import_list(project: Project, found: PackageList, *, feature: str, platform: str | None) -> Edit:
    """The project with the packages that a file lists and the manifest does not, solved.

    Raises :class:`InterlockError`: IL132 for what the manifest has no place for, otherwise as solving does.
    """
    if found.path in project.workspace.files:
        raise InterlockError(unknown_list(found.path, "the manifest reads it already", "run `interlock env install`"))
    before, place = text_of(project), Place(feature=feature, platform=platform)
    known = _listed(before, place)
    new = [each for each in found.dependencies if each.key[:2] not in known]
    choices = [Choice(each, f"{found.path.name} lists it") for each in new]
    edit = _with_choices(project, before, choices, place, found.portable_channels)
    stay = [_staying(each, found.path, place, edit) for each in found.dependencies if each not in new]
    left = found.left_out(_chooser(edit.project, edit.after, place).request)
    return replace(edit, findings=(*edit.findings, *left, *stay))


def _staying(dependency: Dependency, path: Path, place: Place, edit: Edit) -> Finding:
    """That a package was listed already; a warning if what is locked is not what the file asks for."""
    versions = versions_of(dependency.ecosystem, dependency.name, place, edit.lock, edit.project.workspace)
    fits = partial(admits, dependency.ecosystem, dependency.name, dependency.version)
    other = [version for version in versions if dependency.version and not fits(version)]
    return listed_already(dependency.name, path, dependency.version, other[0] if other else None)


def _with_choices(
    project: Project, before: ManifestText, choices: Sequence[Choice], place: Place, channels: Sequence[str] = ()
) -> Edit:
    """The project with these added, and channels; what has no version gets the range that was solved."""
    begun = with_channels(before, channels, place)
    after = add(begun, [each.dependency for each in choices], place)
    edit = solved(project, before, after)
    known = _listed(before, place)
    bounded = [_bounded(each, place, known, edit) for each in choices]
    final = add(begun, [each.dependency for each in bounded], place)
    if final != after:
        renewed = edited(project, final)
        lock = answered(renewed, edit.lock, earlier=edit.project)
        comparison = compared(project, renewed, edit.old_lock, lock)
        edit = replace(edit, project=renewed, after=final, lock=lock, comparison=comparison)
    return _complete(edit, place, bounded)


def _listed(manifest: ManifestText, place: Place) -> set[tuple[Ecosystem, str]]:
    return {(entry.ecosystem, entry.name) for entry in manifest.entries if entry.place == place}


def remove_dependencies(
    project: Project, names: Sequence[str], *, feature: str, platform: str | None, pypi: bool
) -> Edit:
    """The project without dependencies of a place, solved; with ``pypi`` without those on PyPI packages only.

    Raises :class:`InterlockError`: IL133 where the manifest does not list one of them, otherwise as solving does.
    """
    before, place = text_of(project), Place(feature=feature, platform=platform)
    gone = entries_to_remove(before, names, place, "pypi" if pypi else None)
    edit = solved(project, before, remove(before, gone))
    notes = tuple(dict.fromkeys(kept([entry.name for entry in gone], edit.lock)))
    return _complete(replace(edit, findings=(*edit.findings, *notes)), place, ())


def _chooser(project: Project, manifest: ManifestText, place: Place) -> Chooser:
    names = environments_of(place, project.workspace)
    name = names[0] if names else next(iter(project.workspace.environments))
    supported = project.workspace.supported_platforms(name)
    here = platform_here(project, name)
    platform = place.platform if place.platform in supported else here if here in supported else supported[0]
    return Chooser.of(project, manifest, project.workspace.request(name, platform))


def _built(dependency: Dependency, addition: Addition) -> Dependency:
    return replace(dependency, mode=addition.mode) if dependency.ecosystem == "pypi" else dependency


def _bounded(choice: Choice, place: Place, known: set[tuple[Ecosystem, str]], edit: Edit) -> Choice:
    dependency = choice.dependency
    if not dependency.is_open or dependency.key[:2] in known:
        return choice
    return replace(choice, dependency=with_bound(dependency, place, edit.lock, edit.project.workspace))


def _complete(edit: Edit, place: Place, choices: Sequence[Choice]) -> Edit:
    workspace = edit.project.workspace
    names = tuple(environments_of(place, workspace))
    findings = edit.findings
    if not names and choices and place.feature not in edit.after.features:
        fix = edit.after.use_of(place.feature)
        findings = (*findings, unused_feature(place.feature, _first(edit), fix))
    for dependency in (each.dependency for each in choices):
        missed = list(misses(dependency, place, edit.lock, workspace))
        if missed:
            has = [(f"{locked.name} on {locked.platform}", version) for locked, version in missed]
            findings = (*findings, not_met(dependency.name, dependency.version, has))
    return replace(edit, environments=names, choices=tuple(choices), findings=findings)


def _first(edit: Edit) -> Location | None:
    return edit.written[0].where if edit.written else None
