"""The share of the machine that one build may use, in the variables that build tools read."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.cores import usable_cores

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import BuildOptions, BuildPlan

_NVCC_THREADS = 2
_NO_NINJA = re.compile(r"use_ninja\s*=\s*False")


def available_jobs(options: BuildOptions) -> int:
    """How many compiler processes may run at once: as configured, else by cores, and by memory if that is limited."""
    import psutil

    cores = options.jobs or usable_cores()
    if options.memory_per_job:
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


def parallel_extensions(
    tree: Path, variables: Mapping[str, str], visible: Collection[str], *, nvcc: bool
) -> str | None:
    """The text of a distutils configuration that compiles extension modules side by side, where that is safe.

    torch's ``BuildExtension`` shares files and compiler settings between extensions: with ninja all of them write the
    same ``build.ninja``, with nvcc they switch the compiler back and forth. Setuptools' own loop shares nothing.
    """
    jobs = variables.get("CMAKE_BUILD_PARALLEL_LEVEL", "1")
    setup = tree / "setup.py"
    if not jobs.isdigit() or int(jobs) < 2 or "DIST_EXTRA_CONFIG" in variables or not setup.is_file():
        return None
    if "torch" in visible and (nvcc or not _NO_NINJA.search(setup.read_text(encoding="utf-8", errors="replace"))):
        return None
    return f"[build_ext]\nparallel = {jobs}\n"
