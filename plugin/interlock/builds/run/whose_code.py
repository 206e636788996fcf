"""Telling the listeners whose code a build runs: that of its backend, of scripts, and of what uv builds for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from interlock.core.urls import without_credentials
from interlock.engines.rattler.prefix_records import record_files
from interlock_hooks.types import BuildPlan, CodeStarted, Environment, Event, Step

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.sources.build_system import BuildSystem

Emit = Callable[[Event], None]


def run_backend(plan: BuildPlan, system: BuildSystem, step: Step, why: str) -> CodeStarted:
    """That a build backend runs the code of its source; ``why`` is that of :class:`CodeStarted`."""
    package = plan.package
    return CodeStarted(
        kind="backend",
        name=package.name,
        version=package.known_version,
        step=step,
        source=without_credentials(package.artifact.url),
        entry=system.backend,
        why=why,
    )


def built_by_uv(what: str, plan: BuildPlan) -> CodeStarted:
    """That uv builds ``what`` for the build of ``plan``: a name, or ``name==version``."""
    name, _, version = what.partition("==")
    known = next((each for each in plan.overlay if each.name == name), None)
    return CodeStarted(
        kind="backend",
        name=name,
        version=version or (known and known.known_version) or None,
        step="wheel",
        source=without_credentials(known.artifact.url) if known else "",
        why=f"the build of {plan.package} needs it",
    )


def telling_scripts(environment: Environment, emit: Emit) -> Callable[[Sequence[Path]], None]:
    """A listener of the activation scripts that are about to run: those of conda packages, and of the manifest."""

    def tell(scripts: Sequence[Path]) -> None:
        for event in _of_scripts(scripts, environment):
            emit(event)

    return tell


def _of_scripts(scripts: Sequence[Path], environment: Environment) -> Iterator[CodeStarted]:
    prefix = environment.prefix.absolute()
    owners = {prefix / file: name for name, files in record_files(prefix).items() for file in files}
    for script in scripts:
        record = environment.locked.conda.get(owners.get(script, ""))
        place = prefix if record else environment.root
        entry = str(script.relative_to(place)) if script.is_relative_to(place) else str(script)
        yield CodeStarted(
            kind="activation",
            name=record.name if record else entry,
            version=record.version if record else None,
            source=without_credentials(record.url) if record else "",
            entry=entry,
            why="builds see the environment activated",
        )
