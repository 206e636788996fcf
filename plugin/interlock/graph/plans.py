"""The differences between two build plans of one package, and their reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from interlock_hooks.types import BuildPlan, BuildRequirement

# What neither the manifest nor a plugin says.
_OTHERS = frozenset({"backend", "interlock", "discovery", "imports", "get-requires"})


def plan_differences(old: BuildPlan, new: BuildPlan) -> Iterator[str]:
    """What the newer plan does differently, one fact each: mode, requirements, overlay, conda records, variables."""
    if old.mode is not new.mode:
        yield f"mode {old.mode.value} → {new.mode.value}"
    yield from _changed(_requirements(old), _requirements(new), "build requirement ")
    yield from _changed(_prebuilt(old), _prebuilt(new), "prebuilt wheel ")
    yield from _changed(_overlay(old), _overlay(new), "its build has ")
    yield from _changed(dict.fromkeys(old.base_records, ""), dict.fromkeys(new.base_records, ""), "conda record ")
    yield from _changed(dict(old.variables), dict(new.variables), "variable ")
    yield from _changed(dict(old.config_settings), dict(new.config_settings), "config setting ")


def manifest_differences(old: BuildPlan, new: BuildPlan) -> bool:
    """Whether the plans differ in what only the manifest or a plugin can say."""
    own = [{entry.requirement for entry in plan.requirements if entry.origin not in _OTHERS} for plan in (old, new)]
    return own[0] != own[1] or old.variables != new.variables or old.config_settings != new.config_settings


def discovered(old: BuildPlan, new: BuildPlan) -> tuple[str, ...]:
    """The requirements of the newer plan that a build was found to need."""
    known = {entry.requirement for entry in old.requirements}
    found = (entry.requirement for entry in new.requirements if entry.is_discovered)
    return tuple(text for text in found if text not in known)


def _requirements(plan: BuildPlan) -> dict[str, str]:
    return {entry.requirement: _manner(entry) for entry in plan.requirements}


def _manner(entry: BuildRequirement) -> str:
    manner = ", matched" if entry.match_runtime else ""
    return f"({entry.origin}{manner})"


def _overlay(plan: BuildPlan) -> dict[str, str]:
    return {package.name: package.version for package in plan.overlay}


def _prebuilt(plan: BuildPlan) -> dict[str, str]:
    return {} if plan.prebuilt is None else {plan.prebuilt.filename: ""}


def _changed(old: Mapping[str, Any], new: Mapping[str, Any], what: str) -> Iterator[str]:
    for name in sorted({**old, **new}):
        if name not in old:
            yield f"+ {what}{name} {new[name]}".rstrip()
        elif name not in new:
            yield f"- {what}{name} {old[name]}".rstrip()
        elif old[name] != new[name]:
            yield f"{what}{name} {old[name]} → {new[name]}"
