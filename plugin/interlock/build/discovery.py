"""Discovery: a build that fails for lack of a module is planned again with what provides it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from interlock.build.errors import BuildFailedError, RequirementsUnmetError
from interlock.build.tools import build_tools
from interlock_hooks.types import (
    BuildPlan,
    BuildRequirement,
    Discovery,
    Event,
    Finding,
    FindingReported,
    InterlockError,
    Severity,
)

Result = TypeVar("Result")
Replan = Callable[[BuildPlan, Sequence[BuildRequirement]], BuildPlan]
Provider = Callable[[str], NormalizedName | None]

# Each attempt costs a build environment; old projects lack three or four tools, one after another.
MAX_ATTEMPTS = 8


def build_with_discovery(
    plan: BuildPlan,
    *,
    attempt: Callable[[BuildPlan], Result],
    replan: Replan,
    provider: Provider,
    mode: Discovery,
    emit: Callable[[Event], None],
) -> tuple[Result, BuildPlan]:
    """The result of ``attempt``, and the plan that it succeeded with.

    ``attempt`` builds a wheel or produces metadata. ``replan`` gives the plan again with further requirements.
    ``provider`` names the package of the environment that brings a module. With the mode ``suggest`` a failure says
    what would help; with ``off`` it stays as it is. What a backend asks for itself (PEP 517) is added in every mode.
    Raises what ``attempt`` raised when nothing more is known that could help.
    """
    learned: list[BuildRequirement] = []
    for _ in range(MAX_ATTEMPTS):
        try:
            result = attempt(plan)
        except RequirementsUnmetError as error:
            new = [BuildRequirement(requirement=text, origin="get-requires") for text in error.requirements]
            problem: InterlockError = error
        except BuildFailedError as error:
            new = [] if mode == "off" else _helpful(error, plan, provider)
            problem = error
            if new and mode == "suggest":
                raise InterlockError(_suggested(error.findings[0], plan, new)) from error
        else:
            _report(plan, learned, emit)
            return result, plan
        if not new:
            raise problem
        learned += new
        plan = replan(plan, learned)
    raise problem


def explicit_lines(plan: BuildPlan, discovered: Sequence[BuildRequirement]) -> tuple[str, ...]:
    """The manifest lines that say the same as what was discovered."""
    listed = [entry for entry in plan.requirements if entry.origin == "manifest"]
    items = ", ".join(dict.fromkeys(_item(entry) for entry in (*listed, *discovered)))
    return ("[tool.uv.extra-build-dependencies]", f"{plan.name} = [{items}]")


def _helpful(error: BuildFailedError, plan: BuildPlan, provider: Provider) -> list[BuildRequirement]:
    # Without an error that names a module, what the project's own files looked for is the next best clue: many catch
    # the ImportError and then stop, or go on without.
    modules = [error.module] if error.module else [missing.module for missing in error.missing]
    held = {(entry.requirement, entry.match_runtime) for entry in plan.requirements}
    explicit = {_name(entry) for entry in plan.requirements if entry.origin == "manifest"}
    found: dict[str, BuildRequirement] = {}
    for module in modules:
        entry = _provided_by(module, provider)
        if entry is None or _name(entry) in explicit | {plan.name}:
            continue
        if (entry.requirement, entry.match_runtime) not in held:
            found.setdefault(entry.requirement, entry)
    return list(found.values())


def _provided_by(module: str, provider: Provider) -> BuildRequirement | None:
    tools = build_tools()
    tool = tools.modules.get(module.split(".")[0])
    # A tool that leaves no trace need not be the environment's own version; asking for that could only conflict.
    if tool is not None and canonicalize_name(Requirement(tool).name) in tools.traceless:
        return BuildRequirement(requirement=tool, origin="discovery")
    name = provider(module)
    if name is not None:
        return BuildRequirement(requirement=name, match_runtime=True, origin="discovery")
    return None if tool is None else BuildRequirement(requirement=tool, origin="discovery")


def _report(plan: BuildPlan, learned: Sequence[BuildRequirement], emit: Callable[[Event], None]) -> None:
    discovered = [entry for entry in learned if entry.origin == "discovery"]
    if not discovered:
        return
    names = ", ".join(entry.requirement for entry in discovered)
    finding = Finding(
        code="IL450",
        what=f"{plan.package} needs {names} while it is built, without declaring it",
        why="the build failed without and succeeded with it; the lock records that",
        fix="nothing has to be done; to make it explicit, add the lines above to the manifest",
        details=explicit_lines(plan, discovered),
        severity=Severity.NOTE,
    )
    emit(FindingReported(finding=finding))


def _suggested(failure: Finding, plan: BuildPlan, new: Sequence[BuildRequirement]) -> Finding:
    names = ", ".join(entry.requirement for entry in new)
    return replace(
        failure,
        code="IL451",
        what=f"the build of {plan.package} failed because it needs {names}, without declaring it",
        fix='add the lines above to the manifest, or set `discovery = "auto"` in [tool.interlock.build]',
        details=(*explicit_lines(plan, new), *failure.details),
    )


def _item(entry: BuildRequirement) -> str:
    if entry.match_runtime:
        return f'{{ requirement = "{entry.requirement}", match-runtime = true }}'
    return f'"{entry.requirement}"'


def _name(entry: BuildRequirement) -> NormalizedName:
    return canonicalize_name(Requirement(entry.requirement).name)
