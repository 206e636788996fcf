"""Findings about conda packages that are built from a recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.builds.run import findings as of_builds
from interlock.core.recipes import folder_of
from interlock.core.urls import shown, without_password
from interlock_hooks.types import CondaSource, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from interlock_hooks.types import CondaRecord, Location


def tool_missing(source: CondaSource, where: Location | None) -> Finding:
    """IL490: py-rattler-build is not installed."""
    return Finding(
        code="IL490",
        what=f"{shown(source.url)} cannot be built without py-rattler-build, which is not installed",
        why="it builds conda packages from recipes, and is an optional dependency of Interlock",
        where=where,
        fix="run `pip install 'interlock[channel]'`",
    )


def failed(
    source: CondaSource, where: Location | None, *, why: str, fix: str, excerpt: Sequence[str], log: Path
) -> Finding:
    """IL491: the build failed; an empty ``why`` or ``fix`` means that the log gives none."""
    return Finding(
        code="IL491",
        what=f"building {_recipe(source)} failed",
        why=why or "rattler-build ended with an error",
        where=where,
        fix=fix or "read the log, and correct the recipe or the source",
        details=tuple(excerpt),
        log=str(log),
    )


def not_possible(source: CondaSource, where: Location | None, why: str) -> Finding:
    """IL491: the files of a build could not be read or written."""
    return Finding(
        code="IL491",
        what=f"{_recipe(source)} could not be built",
        why=why,
        where=where,
        fix="check the permissions of the source, and the free space of the cache and the project",
    )


def timed_out(source: CondaSource, where: Location | None, limit: int | None, log: Path) -> Finding:
    """IL431: the build took longer than ``limit`` seconds."""
    return of_builds.timed_out(f"building {_recipe(source)}", limit, log, where)


def cannot_deny_network(source: CondaSource, where: Location | None, obstacle: str) -> Finding:
    """IL422: the manifest denies the network, and this machine cannot enforce that."""
    return of_builds.cannot_deny_network(shown(source.url), obstacle, where)


def wrong_recipe(source: CondaSource, where: Location | None, why: str) -> Finding:
    """IL492: rattler-build cannot read the recipe."""
    return _refused(
        source,
        where,
        "is not a recipe that rattler-build can read",
        why=why,
        fix="correct the recipe",
    )


def local_repository(source: CondaSource, where: Location | None, address: str) -> Finding:
    """IL492: the recipe takes its source from a git repository of this machine."""
    return _refused(
        source,
        where,
        f"takes its source from the local git repository {address!r}",
        why="Interlock would not notice when another commit is checked out there",
        fix=f"write `path: {address}` in place of `git: {address}`",
    )


def absolute_path(source: CondaSource, where: Location | None, path: str) -> Finding:
    """IL492: the recipe takes its source from an absolute path."""
    return _refused(
        source,
        where,
        f"takes its source from the absolute path {path!r}",
        why="other machines do not have it, and Interlock would not notice a change there",
        fix="write the path relative to the recipe",
    )


def moving_source(source: CondaSource, where: Location | None, address: str) -> Finding:
    """IL492: what the recipe downloads can change, and the recipe does not say what it has to be."""
    return _refused(
        source,
        where,
        f"does not say which content of {without_password(address)} it builds",
        why="what is there can change, and another machine would build something else from the same lock",
        fix="add `sha256` to a `url`, or `tag` or a commit as `rev` to `git`",
    )


def other_packages(source: CondaSource, where: Location | None, name: str, made: Sequence[str]) -> Finding:
    """IL492: the recipe makes packages of other names."""
    return _refused(
        source,
        where,
        f"does not build a package {name!r}",
        why=f"it builds {', '.join(made)}",
        fix=f"ask for {made[0]!r}" if made else "correct the recipe",
    )


def skipped(source: CondaSource, where: Location | None, platform: str) -> Finding:
    """IL492: the recipe is not for this platform."""
    return _refused(
        source,
        where,
        f"skips {platform}",
        why="its `build: skip` says so",
        fix="move the line to [target.PLATFORM.dependencies] of a platform that it builds for",
    )


def other_platform(source: CondaSource, where: Location | None, platform: str, here: str, why: str) -> Finding:
    """IL493: a package for another platform would have to be built here."""
    return Finding(
        code="IL493",
        what=f"{shown(source.url)} cannot be built for {platform} on this machine ({here})",
        why=why,
        where=where,
        fix=f"run `interlock env lock` on {platform}, make the package `noarch`, or move the line to "
        f"[target.{here}.dependencies]",
    )


def changed(source: CondaSource, record: CondaRecord) -> Finding:
    """IL494: what is locked was built from another content of the source, and the lock is to be followed as it is."""
    return Finding(
        code="IL494",
        what=f"{shown(source.url)} has changed since {record} was locked",
        why="the package is not there as it was locked, and can only be built from what the source is now",
        fix="run `interlock env lock`, or restore the source",
    )


def changing(source: CondaSource) -> Finding:
    """IL494: a source changed while it was read."""
    return Finding(
        code="IL494",
        what=f"{shown(source.url)} changed while it was copied for its build",
        why="what is built has to be what the lock says",
        fix="run the command again",
    )


def not_as_locked(source: CondaSource, record: CondaRecord, made: Sequence[str], differences: Sequence[str]) -> Finding:
    """IL495: the same source gave another package than the locked one, in what the resolution depends on."""
    return Finding(
        code="IL495",
        what=f"building {_recipe(source)} again did not give {record} as it is locked",
        why="; ".join(differences) or f"it gave {', '.join(made)}",
        fix="run `interlock env lock`: the packages that the recipe is built with have changed",
    )


def built_again(record: CondaRecord, source: CondaSource) -> Finding:
    """IL496: a package was built again and is not byte for byte what was locked."""
    return Finding(
        code="IL496",
        what=f"{record} was built again from {shown(source.url)}, and its archive differs from the locked one",
        why="archives hold the time of their build; source, version and dependencies are those of the lock",
        severity=Severity.NOTE,
    )


def _refused(source: CondaSource, where: Location | None, what: str, *, why: str, fix: str) -> Finding:
    return Finding(code="IL492", what=f"{_recipe(source)} {what}", why=why, where=where, fix=fix)


def _recipe(source: CondaSource) -> str:
    return shown((folder_of(source) / source.recipe).as_uri())
