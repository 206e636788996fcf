"""Findings about builds on a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interlock_hooks.types import BuildPlan, Finding, Severity


def not_installed(error: ImportError) -> Finding:
    """IL470: the optional package is missing."""
    return Finding(
        code="IL470",
        what="the plugin dask cannot run without the package distributed",
        why=str(error),
        fix="install `interlock[dask]`, or take the plugin out of `plugins` in [tool.interlock]",
    )


def wrong_settings(why: str) -> Finding:
    """IL471: the settings name no scheduler, or something unknown."""
    return Finding(
        code="IL471",
        what="the settings of the plugin dask cannot be used",
        why=why,
        fix='write `scheduler = "tcp://HOST:8786"` in [tool.interlock.dask], or set DASK_SCHEDULER_ADDRESS',
    )


def unreachable(address: str, error: Exception) -> Finding:
    """IL472: nobody answers at the scheduler's address."""
    return Finding(
        code="IL472",
        what=f"the Dask scheduler {address} cannot be reached",
        why=f"{type(error).__name__}: {error}",
        fix="start it, correct the address, or take the plugin dask out of `plugins` to build on this machine",
    )


def no_worker(address: str, refused: Mapping[str, str]) -> Finding:
    """IL473: no worker could make a wheel that runs here."""
    return Finding(
        code="IL473",
        what=f"no worker of the Dask scheduler {address} can build for this machine",
        why="a wheel runs where it was built, and on the same platform with the same or a newer C library"
        if refused
        else "it has no workers",
        fix="start workers with the same version of Interlock on the same platform",
        details=tuple(f"{worker}: {why}" for worker, why in sorted(refused.items())),
    )


def lost(plan: BuildPlan, why: str) -> Finding:
    """IL474: a worker did not finish a build, for reasons that are not the build's."""
    return Finding(
        code="IL474",
        what=f"the build of {plan.package} on the cluster did not come to its end",
        why=why,
        fix="run the command again; finished wheels are kept in the store",
    )


def built_here(plan: BuildPlan, why: str) -> Finding:
    """IL475: a build that no worker could do."""
    return Finding(
        code="IL475",
        what=f"{plan.package} is built on this machine and not on the cluster",
        why=why,
        severity=Severity.NOTE,
    )


def damaged(plan: BuildPlan, worker: str, details: Sequence[str]) -> Finding:
    """IL476: what arrived is not what was built."""
    return Finding(
        code="IL476",
        what=f"the wheel of {plan.package} did not arrive whole from {worker}",
        why="its content does not have the hash that the worker reported",
        fix="run the command again",
        details=tuple(details),
    )
