"""Findings about builds on a Dask cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interlock_hooks.types import BuildPlan, Finding, Severity


def not_installed(error: ImportError) -> Finding:
    """IL470: the optional package is missing."""
    return Finding(
        code="IL470",
        what="the plugin dask needs the package distributed",
        why=str(error),
        fix="install `interlock[dask]`, or remove the plugin from `plugins` in [tool.interlock]",
    )


def wrong_settings(why: str) -> Finding:
    """IL471: the settings do not name a scheduler, or have an unknown key."""
    return Finding(
        code="IL471",
        what="the settings of the plugin dask are not valid",
        why=why,
        fix='write `scheduler = "tcp://HOST:8786"` in [tool.interlock.dask], or set DASK_SCHEDULER_ADDRESS',
    )


def unreachable(address: str, error: Exception) -> Finding:
    """IL472: the scheduler does not respond."""
    return Finding(
        code="IL472",
        what=f"the Dask scheduler {address} cannot be reached",
        why=f"{type(error).__name__}: {error}",
        fix="start it, correct the address, or remove the plugin dask from `plugins` to build on this machine",
    )


def no_worker(address: str, refused: Mapping[str, str]) -> Finding:
    """IL473: no worker could make a wheel that runs here."""
    return Finding(
        code="IL473",
        what=f"no worker of the Dask scheduler {address} can build for this machine",
        why="its workers run on other platforms, or their wheels need a newer C library than this machine has"
        if refused
        else "it has no workers",
        fix="start workers with the same version of Interlock on the same platform",
        details=tuple(f"{worker}: {why}" for worker, why in sorted(refused.items())),
    )


def lost(plan: BuildPlan, why: str) -> Finding:
    """IL474: a worker did not finish a build, for a reason that has nothing to do with the build."""
    return Finding(
        code="IL474",
        what=f"the build of {plan.package} on the cluster did not finish",
        why=why,
        fix="run the command again; finished wheels are kept in the store",
    )


def built_here(plan: BuildPlan, why: str) -> Finding:
    """IL475: a build that the cluster cannot run."""
    return Finding(
        code="IL475",
        what=f"{plan.package} is built on this machine, not on the cluster",
        why=why,
        severity=Severity.NOTE,
    )


def damaged(plan: BuildPlan, worker: str, details: Sequence[str]) -> Finding:
    """IL476: the file that arrived is not the one that was built."""
    return Finding(
        code="IL476",
        what=f"the wheel of {plan.package} from {worker} arrived damaged",
        why="it does not have the hash that the worker reported",
        fix="run the command again",
        details=tuple(details),
    )
