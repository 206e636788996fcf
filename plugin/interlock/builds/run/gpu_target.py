"""Plans that are for the GPUs of whatever machine builds them, on this machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.engines.gpus import ARCHITECTURE_VARIABLES, NATIVE, architecture_variables, native_capabilities
from interlock_hooks.types import BuildPlan, Finding, Severity, Variables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def for_this_machine(plan: BuildPlan, prefix: Path) -> BuildPlan:
    """The plan with ``native`` architectures replaced by those of the GPUs here; without a GPU they are left unset.

    They become part of the wheel's identity, so that a wheel for one kind of GPU is never taken for another; the lock
    keeps ``native``.
    """
    if not _is_native(plan.variables):
        return plan
    names = native_capabilities(prefix)
    found = architecture_variables(names) if names else {}
    kept = ((name, found.get(name, value) if value == NATIVE else value) for name, value in plan.variables)
    return replace(plan, variables=tuple(pair for pair in kept if pair[1] != NATIVE))


def without_gpu(locked: BuildPlan, here: BuildPlan) -> Finding | None:
    """A warning (IL519) if the locked plan leaves the architectures to a machine that has no GPU."""
    if not _is_native(locked.variables) or any(name in ARCHITECTURE_VARIABLES for name, _ in here.variables):
        return None
    return _no_gpu(here)


def settled(variables: Variables) -> Mapping[str, str]:
    """The variables without those that wait for a machine: for steps that compile nothing."""
    return {name: value for name, value in variables if not (name in ARCHITECTURE_VARIABLES and value == NATIVE)}


def _is_native(variables: Variables) -> bool:
    return any(name in ARCHITECTURE_VARIABLES and value == NATIVE for name, value in variables)


def _no_gpu(plan: BuildPlan) -> Finding:
    return Finding(
        code="IL519",
        severity=Severity.WARNING,
        what=f"{plan.package} compiles CUDA, and nothing says for which GPUs",
        why="TORCH_CUDA_ARCH_LIST is unset: the manifest declares no architectures, and this machine has no GPU",
        fix='declare them, for example `architectures = ["8.0", "9.0"]` in [tool.interlock.cuda]',
    )
