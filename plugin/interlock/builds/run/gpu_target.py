"""Plans for the GPUs of the building machine, completed on this machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.builds.run.findings import no_gpu
from interlock.engines import gpus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from interlock_hooks.types import BuildPlan, Finding, Variables


def for_this_machine(plan: BuildPlan, prefix: Path) -> BuildPlan:
    """The plan with ``native`` architectures replaced by those of the GPUs here, else by those that it names instead.

    They become part of the wheel's identity, so that a wheel for one kind of GPU is never taken for another; the lock
    keeps ``native``. Where there is neither a GPU nor anything else to compile for, they are left unset.
    """
    if not _is_native(plan.variables):
        return plan
    found = gpus.architecture_variables(gpus.native_capabilities(prefix))
    here = ((name, _here(name, value, found)) for name, value in plan.variables)
    return replace(plan, variables=tuple(pair for pair in here if pair[1]))


def finding_without_gpu(locked: BuildPlan, here: BuildPlan, prefix: Path) -> Finding | None:
    """IL519 if the locked plan leaves the architectures to a machine that has no GPU.

    It is a note about what is compiled for instead, or a warning if the plan names nothing else.
    """
    if not _is_native(locked.variables) or gpus.native_capabilities(prefix):
        return None
    return no_gpu(here.package, dict(here.variables).get(gpus.ARCHITECTURE_VARIABLES[0]))


def settled(variables: Variables) -> Mapping[str, str]:
    """The variables without those that wait for a machine: for steps that compile nothing."""
    return {name: value for name, value in variables if not gpus.is_native(name, value)}


def _here(name: str, value: str, found: Mapping[str, str]) -> str:
    return found.get(name) or gpus.without_gpu(value) if gpus.is_native(name, value) else value


def _is_native(variables: Variables) -> bool:
    return any(gpus.is_native(name, value) for name, value in variables)
