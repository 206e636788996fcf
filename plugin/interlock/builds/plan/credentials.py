"""Credentials in what the manifest says of builds: no plan has them, since it is locked, and builds get them back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from interlock.core.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock_hooks.types import BuildOptions, BuildPlan

_Value = TypeVar("_Value", str, "str | tuple[str, ...]")


def public(pairs: Iterable[tuple[str, _Value]]) -> tuple[tuple[str, _Value], ...]:
    """Variables or settings without the credentials in their values."""
    return tuple((name, _public(value)) for name, value in pairs)


def with_credentials(plan: BuildPlan, build: BuildOptions) -> BuildPlan:
    """The plan with the credentials that the manifest has in a value which is otherwise the same."""
    options = build.package(plan.name)
    settings = {**dict(build.config_settings), **dict(options.config_settings)}
    return replace(
        plan,
        variables=_completed(plan.variables, dict(options.variables)),
        config_settings=_completed(plan.config_settings, settings),
    )


def _completed(pairs: Iterable[tuple[str, _Value]], declared: dict[str, _Value]) -> tuple[tuple[str, _Value], ...]:
    return tuple(
        (name, declared[name] if name in declared and _public(declared[name]) == value else value)
        for name, value in pairs
    )


def _public(value: _Value) -> _Value:
    return without_credentials(value) if isinstance(value, str) else tuple(map(without_credentials, value))
