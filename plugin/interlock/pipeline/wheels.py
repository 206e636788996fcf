"""Wheels that need no build: those to audit are downloaded first, and installed after their dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508
from packaging.utils import NormalizedName, canonicalize_name

from interlock.builds.sources.download import fetch_file
from interlock.core.codes import NOT_CACHED, SOURCE_UNREACHABLE
from interlock.core.counting import counted
from interlock.core.files import sha256_of
from interlock.core.pep508 import required_name
from interlock.pipeline.findings import not_audited
from interlock.pipeline.steps import stage, stop_on_errors
from interlock_hooks.types import Finding, FindingReported, InterlockError, WheelFile

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.install.transaction import Transaction
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import Environment, PyPIPackage


def install_wheels(environment: Environment, plugins: Plugins, transaction: Transaction) -> tuple[int, list[Finding]]:
    """Install the packages that need no build, as far as they are missing; returns their number and what was found.

    Raises :class:`InterlockError` when a wheel does not pass; those before it are installed.
    """
    missing = transaction.missing_wheels()
    checked = checked_wheels(missing, environment)
    transaction.install_wheels([package for package in missing if package not in checked])
    findings: list[Finding] = []
    for group in _in_order(checked):
        files: dict[NormalizedName, Path] = {}
        for package in group:
            wheel = _fetched(package, environment, plugins)
            if wheel is not None:
                found = plugins.check_wheel(wheel, environment.locked.resolution, environment)
                stop_on_errors(found)
                findings += found
                files[package.name] = wheel.path
        transaction.install_wheels(group, files)
    return len(missing), findings


def wheels_to_fetch(missing: Sequence[PyPIPackage], environment: Environment) -> list[PyPIPackage]:
    """The packages among the missing that uv will download, unless it has them, and whose hash is known."""
    remote = _with_hash(missing)
    checked = checked_wheels(remote, environment)
    return [package for package in remote if package not in checked]


def fetch_checked(
    missing: Sequence[PyPIPackage], environment: Environment, plugins: Plugins
) -> dict[NormalizedName, Path]:
    """Fetch the wheels on servers that will be checked; returns those that not only uv may be able to fetch."""
    checked = checked_wheels(_with_hash(missing), environment)
    if not checked:
        return {}
    with stage(plugins, "downloads", environment.locked.name, target="PyPI") as done:
        found = {package.name: _fetch(package, environment) for package in checked}
        done(counted(len(checked), "package"))
    return {name: path for name, path in found.items() if not isinstance(path, Finding)}


def checked_wheels(packages: Sequence[PyPIPackage], environment: Environment) -> list[PyPIPackage]:
    """The packages whose wheels are to be checked: those that come from no index, or all."""
    wheels = environment.request.audit.wheels
    if wheels == "all":
        return list(packages)
    direct = _direct_names(environment) if wheels == "direct" else frozenset()
    return [package for package in packages if package.name in direct]


def _direct_names(environment: Environment) -> frozenset[NormalizedName]:
    """The names that somebody requires by URL or path (PEP 508, direct references)."""
    request = environment.request
    texts = [*(requirement.text for requirement in request.requirements), *request.constraints, *request.overrides]
    texts += [text for package in environment.locked.resolution.packages for text in package.requires]
    # Hardly any requirement names a wheel: it is not worth parsing them all.
    return frozenset(canonicalize_name(found.name) for text in texts if "@" in text and (found := Pep508(text)).url)


def _in_order(packages: Iterable[PyPIPackage]) -> Iterator[list[PyPIPackage]]:
    """Packages in groups, so that each comes after those that it requires; in one group where they go in circles."""
    by_name = {package.name: package for package in packages}
    needs = {
        name: {required_name(text) for text in package.requires} & by_name.keys() - {name}
        for name, package in by_name.items()
    }
    sorter = TopologicalSorter(needs)
    try:
        sorter.prepare()
    except CycleError:
        yield list(by_name.values())
        return
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        yield [by_name[name] for name in ready]
        sorter.done(*ready)


def _with_hash(packages: Iterable[PyPIPackage]) -> list[PyPIPackage]:
    """The packages whose wheels lie on a server and are known by their hash."""
    return [each for each in packages if each.artifact.sha256 and not each.artifact.url.startswith("file:")]


def _fetched(package: PyPIPackage, environment: Environment, plugins: Plugins) -> WheelFile | None:
    """The wheel of a package on this machine; ``None``, with a warning, where only uv may be able to fetch it."""
    artifact, path = package.artifact, _fetch(package, environment)
    if isinstance(path, Finding):
        plugins.event(FindingReported(finding=not_audited(package, path.why)))
        return None
    digest = artifact.sha256 or sha256_of(path)
    return WheelFile(name=package.name, version=package.version, path=path, sha256=digest, source=artifact)


def _fetch(package: PyPIPackage, environment: Environment) -> Path | Finding:
    """The wheel of a package on this machine, or why it cannot be fetched."""
    try:
        return fetch_file(package.artifact, root=environment.root)
    except InterlockError as error:
        if any(finding.code not in (SOURCE_UNREACHABLE, NOT_CACHED) for finding in error.findings):
            raise
        return error.findings[0]
