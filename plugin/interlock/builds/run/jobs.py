"""The share of the machine that one build may use, in the variables that build tools read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.cores import usable_cores

if TYPE_CHECKING:
    from interlock_hooks.types import BuildOptions, BuildPlan

_NVCC_THREADS = 2


def available_jobs(options: BuildOptions) -> int:
    """How many compiler processes may run at once: as configured, else by cores, and by memory if that is limited."""
    cores = options.jobs or usable_cores()
    if options.memory_per_job:
        import psutil

        cores = min(cores, psutil.virtual_memory().available // options.memory_per_job)
    return max(1, int(cores))


def with_jobs(plan: BuildPlan, jobs: int) -> BuildPlan:
    """The plan with variables that limit its build to ``jobs`` processes; those that it sets already stay."""
    return replace(plan, variables=tuple(sorted({**job_variables(jobs), **dict(plan.variables)}.items())))


def job_variables(jobs: int) -> dict[str, str]:
    """The variables that make build tools run ``jobs`` processes: ninja by torch, nvcc, cmake, make, cargo."""
    # Each process of nvcc that torch starts may itself run several; together they stay within the budget.
    threads = _NVCC_THREADS if jobs >= 2 * _NVCC_THREADS else 1
    return {
        "MAX_JOBS": str(max(1, jobs // threads)),
        "NVCC_THREADS": str(threads),
        "CMAKE_BUILD_PARALLEL_LEVEL": str(jobs),
        "MAKEFLAGS": f"-j{jobs}",
        "CARGO_BUILD_JOBS": str(jobs),
    }
