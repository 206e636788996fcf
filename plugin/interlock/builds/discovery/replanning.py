"""Discovery: a build that fails for a missing module or program is planned again with the package that provides it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from interlock.builds.discovery.findings import discovered, suggested
from interlock.builds.plan.imported import Provider, provided_by
from interlock.builds.plan.requirements import name_of
from interlock.builds.plan.tools import build_tools
from interlock.builds.run.errors import BackendFailedError, BuildFailedError, RequirementsUnmetError
from interlock_hooks.types import (
    BuildFinished,
    BuildPlan,
    BuildRequirement,
    BuiltWheel,
    Discovery,
    Event,
    Finding,
    InterlockError,
)

Result = TypeVar("Result")
Replan = Callable[[BuildPlan, Sequence[BuildRequirement]], BuildPlan]
Needed = Callable[[BuildPlan], tuple[BuiltWheel, ...]]

# Each attempt costs a build environment; old projects lack three or four tools, one after another.
MAX_ATTEMPTS = 8


def build_with_discovery(
    plan: BuildPlan,
    *,
    needed: Needed,
    attempt: Callable[[BuildPlan, tuple[BuiltWheel, ...]], Result],
    replan: Replan | None,
    provider: Provider,
    mode: Discovery,
    emit: Callable[[Event], None],
) -> tuple[Result, BuildPlan]:
    """The result of ``attempt``, and the plan that it succeeded with.

    ``attempt`` builds a wheel or produces metadata, given the wheels of other builds that its plan has ``needed``; what
    ``needed`` raises is not about this plan and passes through. ``replan`` gives the plan again with further
    requirements; without it the plan is final, and a failure only says what would help.
    ``provider`` names the package of the environment that brings a module. With the mode ``suggest`` a failure says
    what would help; with ``off`` it stays as it is. What a backend asks for itself (PEP 517) is added in every mode.
    ``emit`` is told how each attempt that failed ended: for good, or with what the next one gets in addition. Raises
    what ``attempt`` raised when nothing more is known that could help.
    """
    learned: list[BuildRequirement] = []
    final = replan is None
    if final and mode == "auto":
        mode = "suggest"
    for _ in range(MAX_ATTEMPTS):
        wheels = needed(plan)
        started = time.monotonic()
        try:
            return attempt(plan, wheels), plan
        except RequirementsUnmetError as error:
            asked = [BuildRequirement(requirement=text, origin="get-requires") for text in error.requirements]
            new = [] if final else asked
            problem: InterlockError = error
        except BuildFailedError as error:
            new = [] if mode == "off" else _helpful(error, plan, provider)
            problem = error
            if new and mode == "suggest":
                problem, new = BackendFailedError(suggested(error.findings[0], plan, new, final=final)), []
        emit(
            BuildFinished(
                name=plan.name,
                version=plan.package.known_version,
                ok=False,
                seconds=time.monotonic() - started,
                needs=tuple(entry.requirement for entry in new),
            )
        )
        if replan is None or not new:
            raise problem
        learned += new
        try:
            plan = replan(plan, learned)
        except InterlockError as error:
            # What went wrong first is what has to be understood.
            raise InterlockError(*problem.findings, *error.findings) from error
    raise problem


def discovery_note(plan: BuildPlan) -> Finding | None:
    """A note about what was discovered for a build that works now, ``None`` if nothing was."""
    found = [entry for entry in plan.requirements if entry.is_discovered]
    return discovered(plan, found) if found else None


def _helpful(error: BuildFailedError, plan: BuildPlan, provider: Provider) -> list[BuildRequirement]:
    held = {(entry.requirement, entry.match_runtime) for entry in plan.requirements}
    explicit = {name_of(entry) for entry in plan.requirements if entry.origin == "manifest"}
    found: dict[str, BuildRequirement] = {}
    for entry in _candidates(error, plan, provider):
        if name_of(entry) not in explicit | {plan.name} and (entry.requirement, entry.match_runtime) not in held:
            found.setdefault(entry.requirement, entry)
    return list(found.values())


def _candidates(error: BuildFailedError, plan: BuildPlan, provider: Provider) -> Iterator[BuildRequirement]:
    lacking = error.lacking
    # Without an error that names a module, what the project's own files looked for is the next best clue: many catch
    # the ImportError and then stop, or go on without.
    modules = [lacking.module] if lacking.module else [missing.module for missing in error.missing]
    provided = (provided_by(module, provider, "discovery") for module in modules)
    yield from (entry for entry in provided if entry is not None)
    planned = {name_of(entry) for entry in plan.requirements}
    programs = (build_tools().programs[name] for name in lacking.programs if name in build_tools().programs)
    # A build that runs pip says itself what it needs; pip has nothing to do when that is there already.
    for text in (*programs, *lacking.installs, *(("pip",) if lacking.installs else ())):
        entry = BuildRequirement(requirement=text, origin="discovery")
        if name_of(entry) not in planned:
            yield entry
    yield from (BuildRequirement(requirement=text, origin="discovery") for text in lacking.older)
