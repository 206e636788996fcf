"""Findings about undeclared build requirements."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock_hooks.types import BuildPlan, BuildRequirement, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def discovered(plan: BuildPlan, found: Sequence[BuildRequirement]) -> Finding:
    """IL450: ``found`` was added to what the build declares, because reading or running it showed the need."""
    names = ", ".join(entry.requirement for entry in found)
    seen = dict.fromkeys(f"{entry.seen} uses {entry.requirement}" for entry in found if entry.seen)
    tried = any(not entry.seen for entry in found)
    reasons = [*seen, *(["the build failed without it and succeeded with it"] if tried else [])]
    return Finding(
        code="IL450",
        what=f"{plan.package} needs {names} at build time, but does not declare it",
        why=f"{', '.join(reasons)}; the lock records that",
        fix=f"nothing has to be done; to make it explicit, add the lines above to {place_of_lines(plan.name)}",
        details=explicit_lines(plan.name, _with_listed(plan, found)),
        severity=Severity.NOTE,
    )


def suggested(failure: Finding, plan: BuildPlan, found: Sequence[BuildRequirement], *, final: bool) -> Finding:
    """IL451: ``failure`` might be repaired by ``found``; ``final`` says that this run may not change the plan."""
    otherwise = "install once without `--frozen`" if final else 'set `discovery = "auto"` in [tool.interlock.build]'
    names = ", ".join(entry.requirement for entry in found)
    return replace(
        failure,
        code="IL451",
        what=f"the build of {plan.package} failed because it needs {names}, but does not declare it",
        fix=f"add the lines above to {place_of_lines(plan.name)} and lock again, or {otherwise}",
        details=(*explicit_lines(plan.name, _with_listed(plan, found)), *failure.details),
    )


def place_of_lines(name: str) -> str:
    """Where lines of uv's table belong. A pixi.toml has none; what it has instead works in every manifest."""
    return f"pyproject.toml, or the list as `requirements` to [tool.interlock.build.packages.{name}]"


def explicit_lines(name: str, entries: Iterable[BuildRequirement]) -> tuple[str, ...]:
    """The manifest lines that declare build requirements of a package."""
    items = ", ".join(dict.fromkeys(map(_item, entries)))
    return ("[tool.uv.extra-build-dependencies]", f"{name} = [{items}]")


def _with_listed(plan: BuildPlan, found: Sequence[BuildRequirement]) -> Sequence[BuildRequirement]:
    """What was discovered, after what the manifest has already."""
    return (*(entry for entry in plan.requirements if entry.origin == "manifest"), *found)


def _item(entry: BuildRequirement) -> str:
    if entry.match_runtime:
        return f'{{ requirement = "{entry.requirement}", match-runtime = true }}'
    return f'"{entry.requirement}"'
