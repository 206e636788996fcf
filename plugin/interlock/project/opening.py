"""One project as the commands see it: its manifest, plugins and lock, and what can be done with them.

What only one command needs is imported by the function that it calls: no command loads what it does not use.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from interlock.core.names import DEFAULT_FOLDER
from interlock.core.paths import Layout
from interlock.core.sources import deciding_files
from interlock.core.urls import local_path
from interlock.lock.digest import request_digest
from interlock.lock.findings import missing, outdated
from interlock.lock.model import Lock
from interlock.lock.reader import read
from interlock.lock.writer import write
from interlock.manifest import find_manifest, load
from interlock.manifest.platforms import current_platform
from interlock.plugins.builtin import register_builtins
from interlock.plugins.manager import Plugins
from interlock_hooks.types import Finding, InterlockError, LockedEnvironment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock.install.listing import ListedPackage
    from interlock.manifest import Workspace
    from interlock.plugins.manager import PluginInfo
    from interlock_hooks.types import Environment, EnvironmentRequest


LockState = Literal["missing", "current", "outdated"]


class LockMode(Enum):
    """What a command may do with the lock: renew it where needed, only compare it, or take it as it is."""

    UPDATE = "update"
    LOCKED = "locked"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Project:
    """A manifest that was read, where its files are, and the plugins that it enables."""

    workspace: Workspace
    layout: Layout
    plugins: Plugins


@dataclass(frozen=True, slots=True)
class LockOutcome:
    """A lock that answers the manifest; ``changed`` tells whether the file was written."""

    lock: Lock
    changed: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class InstallOutcome:
    """An environment that is what the manifest says; ``relocked`` tells whether the lock was written for it."""

    environment: Environment
    changed: bool
    relocked: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """The packages of an environment; ``installed`` is false when they are those of the lock."""

    packages: tuple[ListedPackage, ...]
    installed: bool


def open_project(
    manifest_path: str | None = None, *, folder: str = DEFAULT_FOLDER, listener: object | None = None
) -> Project:
    """Read the manifest that ``manifest_path`` names, or the nearest one upwards, and load its plugins.

    ``listener`` is one more plugin, for events. Raises :class:`InterlockError` as the manifest and plugins do.
    """
    start = Path.cwd() if manifest_path is None else Path(manifest_path)
    workspace = load(find_manifest(start))
    plugins = Plugins()
    if listener is not None:
        plugins.register_builtin("progress", listener)
    register_builtins(plugins)
    plugins.register_third_party(workspace.plugins)
    return Project(workspace, Layout(workspace.root, folder), plugins)


def plugin_infos(manifest_path: str | None = None) -> list[PluginInfo]:
    """The plugins that could run, and which of them do in the project here, if there is one."""
    try:
        plugins = open_project(manifest_path).plugins
    except InterlockError:
        # Asked for by path, the manifest must be right; otherwise there may just be no project here.
        if manifest_path is not None:
            raise
        plugins = Plugins()
        register_builtins(plugins)
    return plugins.infos()


def read_lock(project: Project) -> Lock | None:
    """The project's lock, ``None`` if there is none yet."""
    return read(project.layout.lock_file, root=project.layout.root)


def lock_state(project: Project, lock: Lock | None, name: str, platform: str | None = None) -> LockState:
    """Whether a lock answers the manifest for an environment on a platform, by default this one."""
    if lock is None:
        return "missing"
    request = project.workspace.request(name, platform)
    digest = request_digest(request, conda_overrides=_overrides(request))
    return "current" if lock.answers(name, request.platform, digest) else "outdated"


def lock_all(project: Project, *, mode: LockMode = LockMode.UPDATE) -> LockOutcome:
    """Make the lock answer the manifest for every environment and platform.

    Only what the lock does not answer is solved; versions of the old lock are preferred. With :attr:`LockMode.LOCKED`
    nothing is solved, and IL605 or IL606 is raised where the lock does not answer. The file is written once, at the
    end, so that a failure leaves the old one.
    """
    old = read_lock(project) or Lock()
    lock = old.keeping(frozenset(project.workspace.environments))
    findings: list[Finding] = list(project.workspace.findings)
    for name, platform in _targets(project):
        request = project.workspace.request(name, platform)
        digest = request_digest(request, conda_overrides=_overrides(request))
        if lock.answers(name, request.platform, digest):
            continue
        if mode is LockMode.LOCKED:
            raise InterlockError(_unanswered(project, lock, name, request.platform))
        from interlock.pipeline.locking import lock_environment

        entry = lock.entry(name)
        answer = lock_environment(
            request,
            project.plugins,
            project.layout,
            previous=old.get(name, request.platform),
            siblings=[other.environment for other in entry.platforms] if entry else (),
        )
        findings += answer.findings
        lock = lock.with_environment(
            answer.locked, digest=digest, indexes=request.pypi.indexes, find_links=request.pypi.find_links
        )
    changed = lock != old and write(project.layout.lock_file, lock, root=project.layout.root)
    return LockOutcome(lock, changed, tuple(findings))


def install(project: Project, name: str, *, mode: LockMode = LockMode.UPDATE) -> InstallOutcome:
    """Make the prefix of an environment what the lock says, after making the lock answer the manifest.

    Raises :class:`InterlockError`; the earlier environment and lock stay usable unless linking had begun, and then the
    next install goes on from there.
    """
    from interlock.pipeline.installing import install_environment

    request = project.workspace.request(name)
    outcome = _frozen(project) if mode is LockMode.FROZEN else lock_all(project, mode=mode)
    locked = outcome.lock.get(name, request.platform)
    if locked is None:
        raise InterlockError(_unanswered(project, outcome.lock, name, request.platform))
    learned = False

    def learn(answer: LockedEnvironment) -> None:
        nonlocal learned
        if mode is LockMode.UPDATE:
            learned = _relock(project, outcome.lock, answer)

    done = install_environment(
        locked,
        request,
        project.plugins,
        project.layout,
        inputs=_inputs(project, locked),
        learn=learn,
        frozen=mode is LockMode.FROZEN,
    )
    return InstallOutcome(
        done.environment, done.changed, outcome.changed or learned, (*outcome.findings, *done.findings)
    )


def lock_mode(*, locked: bool, frozen: bool) -> LockMode:
    """The mode that the options ``--locked`` and ``--frozen`` select."""
    return LockMode.LOCKED if locked else LockMode.FROZEN if frozen else LockMode.UPDATE


def activate(project: Project, name: str, base: Mapping[str, str]) -> dict[str, str]:
    """The variables of a program that runs in an environment: ``base`` with the prefix activated.

    Raises :class:`InterlockError` (IL692) when the environment is not installed.
    """
    from interlock.engines.rattler.activation import activated_environment

    request = project.workspace.request(name)
    prefix = installed_prefix(project, name)
    scripts = [project.layout.root / script for script in request.activation.scripts]
    return activated_environment(prefix, base, scripts=scripts, env=request.activation.env)


def installed_prefix(project: Project, name: str) -> Path:
    """The prefix of an environment; raises :class:`InterlockError` (IL692) when it is not installed."""
    prefix = project.layout.prefix(name)
    if not (prefix / "conda-meta").is_dir():
        raise InterlockError(_not_installed(name, prefix))
    return prefix


def list_packages(project: Project, name: str) -> Listing:
    """What is in an environment, or what the lock wants there if it is not installed.

    Raises :class:`InterlockError`: IL112 for an unknown environment, IL692 when it is neither installed nor locked.
    """
    from interlock.install.listing import installed_packages, locked_packages

    request = project.workspace.request(name)
    prefix = project.layout.prefix(name)
    packages = installed_packages(prefix)
    if packages is not None:
        return Listing(packages=tuple(packages), installed=True)
    lock = read_lock(project)
    locked = None if lock is None else lock.get(name, request.platform)
    if locked is None:
        raise InterlockError(_not_installed(name, prefix))
    return Listing(packages=tuple(locked_packages(locked)), installed=False)


def clean(project: Project, name: str | None) -> list[Path]:
    """Remove the prefix of one environment, or of all, with the build logs; returns what was removed.

    Raises :class:`InterlockError` (IL691) for a directory that is not a conda prefix.
    """
    envs = project.layout.prefix("x").parent
    prefixes = [project.layout.prefix(name)] if name else sorted(envs.iterdir()) if envs.is_dir() else []
    existing = [prefix for prefix in prefixes if prefix.is_dir()]
    for prefix in existing:
        if not (prefix / "conda-meta").is_dir() and any(prefix.iterdir()):
            raise InterlockError(_not_ours(prefix))
    for prefix in existing:
        shutil.rmtree(prefix)
    logs = project.layout.logs
    if name is None and logs.is_dir():
        shutil.rmtree(logs)
        existing.append(logs)
    return existing


def _targets(project: Project) -> list[tuple[str, str]]:
    """Every environment on every platform that it supports, this machine's platform first: it matters most."""
    here = current_platform()
    found = []
    for name in project.workspace.environments:
        platforms = project.workspace.supported_platforms(name)
        found += [(name, platform) for platform in sorted(platforms, key=lambda platform: platform != here)]
    return found


def _overrides(request: EnvironmentRequest) -> dict[str, str]:
    """``CONDA_OVERRIDE_*`` variables that take part in the solve: those of which the manifest says nothing."""
    declared = {requirement.name.removeprefix("__").upper() for requirement in request.system_requirements}
    prefix = "CONDA_OVERRIDE_"
    return {
        name: value
        for name, value in sorted(os.environ.items())
        if name.startswith(prefix) and name.removeprefix(prefix) not in declared
    }


def _frozen(project: Project) -> LockOutcome:
    lock = read_lock(project)
    return LockOutcome(lock or Lock(), changed=False, findings=project.workspace.findings)


def _relock(project: Project, lock: Lock, answer: LockedEnvironment) -> bool:
    """Record in the lock what the builds taught: what they imported and which requirements were discovered."""
    old = lock.entry(answer.name)
    known = None if old is None else old.get(answer.platform)
    if old is None or known is None or known.environment == answer:
        return False
    renewed = lock.with_environment(answer, digest=known.digest, indexes=old.indexes, find_links=old.find_links)
    return write(project.layout.lock_file, renewed, root=project.layout.root)


def _inputs(project: Project, locked: LockedEnvironment) -> tuple[Path, ...]:
    """The files that decide what an install does; if none of them changed, there is nothing to do."""
    trees: list[Path] = []
    for package in locked.resolution.packages:
        if package.artifact.kind == "directory":
            folder = local_path(package.artifact.url)
            # What is imported from an editable directory changes by itself; only what is built from it matters.
            trees += deciding_files(folder) if package.artifact.editable else [folder]
    return (*project.workspace.files, project.layout.lock_file, *trees)


def _unanswered(project: Project, lock: Lock, name: str, platform: str) -> Finding:
    path = project.layout.lock_file
    entry = lock.entry(name)
    if entry is not None and entry.get(platform) is not None:
        return outdated(path, name, platform)
    known = () if entry is None else tuple(answer.environment.platform for answer in entry.platforms)
    return missing(path, name, platform, known=known)


def _not_installed(name: str, prefix: Path) -> Finding:
    return Finding(
        code="IL692",
        what=f"environment {name} is not installed",
        why=f"there is no prefix at {prefix}",
        fix="run `interlock env install`",
    )


def _not_ours(prefix: Path) -> Finding:
    return Finding(
        code="IL691",
        what=f"{prefix} is not removed",
        why="it holds files but is not a conda prefix",
        fix="look into it and remove it by hand",
    )
