"""The installer of environments that conda makes from manifests and locks of Interlock.

conda has no hook for installers of packages that are not its own: it imports ``conda.env.installers.NAME``. So this
module is entered under that name among the imported modules, once an environment that asks for it was read.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from interlock.cli.listener import Listener
    from interlock.project.locking import LockMode
    from interlock.project.opening import Project
    from interlock_hooks.types import Finding

_NAME = "interlock"


def offer(path: Path, environment: str) -> dict[str, list[str]]:
    """The external packages of a conda environment that this module installs: one environment of one file."""
    sys.modules[f"conda.env.installers.{_NAME}"] = sys.modules[__name__]
    return {_NAME: [f"{environment} @ {path.as_uri()}"]}


def install(prefix: str, specs: Sequence[str], args: Namespace, *_: object, **__: object) -> list[str]:
    """Make the prefix that conda has begun the environment that :func:`offer` named; returns its PyPI packages.

    Raises :class:`conda.CondaError`; a prefix that conda has just begun is gone then.
    """
    from interlock.cli.json.install import environment_report
    from interlock.hosts.conda.working import working
    from interlock.install.place import is_only_begun
    from interlock.project.installing import install as make

    with working() as (output, listener):
        name, path = _parse(specs, args)
        place = Path(prefix)
        _check(place)
        new = place.is_dir() and is_only_begun(place)
        try:
            project, mode = _open(path, listener, elsewhere={name: place})
            outcome = make(project, name, report=environment_report, mode=mode)
        except BaseException:
            if new:
                _take_back(place)
            raise
    output.findings((*outcome.findings, *_left_out(project, name)))
    return sorted(map(str, outcome.environment.locked.resolution.packages))


def foresee(path: Path, name: str) -> None:
    """Solve what :func:`install` would, say how much that is, and write nothing. Raises :class:`conda.CondaError`."""
    from interlock.hosts.conda.working import working
    from interlock.project.locking import solve_all
    from interlock.project.platforms import platform_here
    from interlock.project.up_to_date import refusal
    from interlock_hooks.types import InterlockError

    with working() as (output, listener):
        project, mode = _open(path, listener)
        lock, platform = solve_all(project, mode=mode).lock, platform_here(project, name)
        locked = lock.get(name, platform)
        if locked is None:
            raise InterlockError(refusal(project, lock, name, platform))
    conda, pypi, built = len(locked.conda.records), len(locked.resolution.packages), len(locked.plans)
    output.line(f"Packages that Interlock would install: {conda} from conda, {pypi} from PyPI ({built} to be built).\n")


def _open(path: Path, listener: Listener, *, elsewhere: Mapping[str, Path] | None = None) -> tuple[Project, LockMode]:
    """The project of a manifest or lock, and what may become of the lock."""
    from interlock.project.locking import LockMode

    project = project_of(path, elsewhere=elsewhere, listener=listener)
    return project, LockMode.LOCKED if _is_lock(path) else LockMode.UPDATE


def project_of(path: Path, *, elsewhere: Mapping[str, Path] | None = None, listener: Listener | None = None) -> Project:
    """The project of a manifest, or of a lock beside one. Raises :class:`InterlockError` as :func:`open_project`."""
    from interlock.project.opening import open_project

    return open_project(str(path.parent if _is_lock(path) else path), elsewhere=elsewhere, listener=listener)


def _is_lock(path: Path) -> bool:
    from interlock.core.names import LOCK_NAME

    return path.name == LOCK_NAME


def _left_out(project: Project, name: str) -> tuple[Finding, ...]:
    """What activation does for this environment, and conda cannot."""
    from interlock.hosts.conda.findings import without_activation
    from interlock.project.platforms import platform_here

    activation = project.workspace.request(name, platform_here(project, name)).activation
    made = [key for key, value in (*activation.preset, *activation.env) if "$" in value]
    return (without_activation(made, activation.scripts),) if made or activation.scripts else ()


def _parse(specs: Sequence[str], args: Namespace) -> tuple[str, Path]:
    """The environment and the file of what :func:`offer` said."""
    from interlock.core.urls import local_path
    from interlock.hosts.conda.findings import several_files
    from interlock_hooks.types import InterlockError

    # `conda env update` takes one file, and has it as text.
    if not isinstance(args.file, str) and len(args.file) > 1:
        raise InterlockError(several_files(args.file))
    name, _, url = specs[0].rpartition(" @ ")
    return name, local_path(url)


def _check(prefix: Path) -> None:
    """Raise :class:`InterlockError` (IL680) for an environment of conda's, or packages that it put into a new one."""
    from interlock.engines.rattler.prefix_records import installed_records
    from interlock.hosts.conda.findings import packages_of_conda
    from interlock.install.fresh import STATE
    from interlock_hooks.types import InterlockError

    if not (prefix / STATE).exists() and (records := installed_records(prefix)):
        raise InterlockError(packages_of_conda(prefix, [record.name for record in records]))


def _take_back(prefix: Path) -> None:
    """Remove a prefix that conda has begun: it would look like an environment. What was built stays in the store."""
    from contextlib import suppress

    from interlock.install.place import remove_prefix
    from interlock_hooks.types import InterlockError

    # What went wrong before matters more.
    with suppress(InterlockError):
        remove_prefix(prefix)
