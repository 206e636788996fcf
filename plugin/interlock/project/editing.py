"""Adding dependencies to a project and removing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.manifest.editing.dependency import Place, read_spec
from interlock.manifest.editing.edit import add, remove
from interlock.manifest.editing.findings import unused_feature
from interlock.project.ecosystems import Choice, Chooser
from interlock.project.locking import answered, read_lock
from interlock.project.platforms import platform_here
from interlock.project.removals import entries_to_remove, kept
from interlock.project.solved_bounds import environments_of, with_bound
from interlock.project.solved_edits import Edit, compared, edited, solved, text_of

if TYPE_CHECKING:
    from interlock.manifest.editing.dependency import Dependency, Ecosystem
    from interlock.manifest.editing.manifest_text import ManifestText
    from interlock.project.additions import Addition
    from interlock.project.opening import Project
    from interlock_hooks.types import Location


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
    choices = [replace(each, dependency=_built(each.dependency, addition)) for each in choices]
    after = add(before, [each.dependency for each in choices], addition.place)
    edit = solved(project, before, after)
    known = {(entry.ecosystem, entry.name) for entry in before.entries if entry.place == addition.place}
    bounded = [_bounded(each, addition.place, known, edit) for each in choices]
    final = add(before, [each.dependency for each in bounded], addition.place)
    if final.text != after.text:
        renewed = edited(project, final)
        lock = answered(renewed, edit.lock, earlier=edit.project)
        edit = replace(edit, project=renewed, after=final, lock=lock, comparison=compared(project, renewed, lock))
    return _complete(edit, addition.place, bounded)


def remove_dependencies(
    project: Project, names: Sequence[str], *, feature: str, platform: str | None, pypi: bool = False
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
    return Chooser(project, manifest, read_lock(project), project.workspace.request(name, platform))


def _built(dependency: Dependency, addition: Addition) -> Dependency:
    return replace(dependency, mode=addition.mode) if dependency.ecosystem == "pypi" else dependency


def _bounded(choice: Choice, place: Place, known: set[tuple[Ecosystem, str]], edit: Edit) -> Choice:
    dependency = choice.dependency
    if not dependency.is_open or (dependency.ecosystem, dependency.name) in known:
        return choice
    return replace(choice, dependency=with_bound(dependency, place, edit.lock, edit.project.workspace))


def _complete(edit: Edit, place: Place, choices: Sequence[Choice]) -> Edit:
    workspace = edit.project.workspace
    names = tuple(environments_of(place, workspace))
    findings = edit.findings
    if not names and choices and place.feature not in edit.after.features:
        fix = edit.after.use_of(place.feature)
        findings = (*findings, unused_feature(place.feature, _first(edit), fix))
    return replace(edit, environments=names, choices=tuple(choices), findings=findings)


def _first(edit: Edit) -> Location | None:
    return edit.written[0].where if edit.written else None
