"""What an install follows: a lock, unless it builds from directories of this machine that nothing else names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.pep508 import required_name
from interlock.core.urls import file_path, local_path
from interlock.manifest.named_places import computes_places, places_in, places_with_theirs, texts_of
from interlock.project.findings.locks import sources_not_named
from interlock.project.up_to_date import refusal
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from interlock.lock.model import Lock
    from interlock.project.opening import Project
    from interlock_hooks.types import EnvironmentRequest, LockedEnvironment, PyPIPackage


def what_to_follow(project: Project, lock: Lock, request: EnvironmentRequest) -> LockedEnvironment:
    """What a lock has for an environment.

    Raises :class:`InterlockError`: IL605 or IL606 if it has nothing, IL608 if it has a package from a directory of this
    machine, or from a file without a hash, that neither the manifest names nor a project that it names, nor a plugin.
    """
    locked = lock.get(request.name, request.target)
    if locked is None:
        raise InterlockError(refusal(project, lock, request.name, request.target))
    _require_named(project, request, locked)
    return locked


def _require_named(project: Project, request: EnvironmentRequest, locked: LockedEnvironment) -> None:
    local = {place: package for package in _packages(locked) if (place := _unfixed(package)) is not None}
    if not local:
        return
    for texts in _naming_texts(project, request, locked):
        named = places_with_theirs(places_in(texts))
        folders = (*request.pypi.find_links, *(index.url for index in request.pypi.indexes))
        named |= {local_path(folder, request.root).resolve() for folder in folders}
        left = _not_named(local, named)
        if not left:
            return
    raise InterlockError(*(sources_not_named(project.layout.lock_file, each, place) for place, each in left.items()))


def _packages(locked: LockedEnvironment) -> Iterator[PyPIPackage]:
    yield from locked.resolution.packages
    for plan in locked.plans:
        yield plan.package
        yield from plan.overlay


def _unfixed(package: PyPIPackage) -> Path | None:
    """Where the source of a package is, if it is on this machine and may have any content."""
    artifact = package.artifact
    path = file_path(artifact.url)
    is_fixed = artifact.sha256 is not None or artifact.kind == "git"
    return None if path is None or is_fixed else (path / (artifact.subdirectory or "")).resolve()


def _naming_texts(project: Project, request: EnvironmentRequest, locked: LockedEnvironment) -> Iterator[Iterable[str]]:
    """The texts that may name places, more each time: the environment's, those solved with it, and those of plugins."""
    own = list(texts_of(request))
    yield own
    together = project.workspace.together(request.name, request.target)
    own += [text for member in together for text in texts_of(member)]
    yield own
    for added in project.plugins.pypi_request(request, locked.conda):
        own += [*(each.text for each in added.requirements), *added.constraints, *added.overrides]
    for plan in locked.plans:
        added_to_build = project.plugins.build_requirements(plan.package, locked.resolution, request)
        own += [each.requirement for each in added_to_build]
    yield own


def _not_named(local: Mapping[Path, PyPIPackage], named: set[Path]) -> dict[Path, PyPIPackage]:
    while True:
        left = {place: package for place, package in local.items() if not _is_named(place, package, named)}
        # Of a project that makes addresses itself, only the lock has what it requires.
        computing = [place for place in local if place in named and computes_places(place)]
        required = {required_name(text) for place in computing for text in local[place].requires}
        computed = [place for place, package in left.items() if package.name in required]
        if not computed:
            return left
        named = named | places_with_theirs(computed)


def _is_named(place: Path, package: PyPIPackage, named: set[Path]) -> bool:
    # A file may lie anywhere in a directory that is looked through for packages.
    around = () if package.artifact.kind == "directory" else place.parents
    return place in named or any(folder in named for folder in around)
