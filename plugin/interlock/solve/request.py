"""From what the manifest and the plugins ask for to a request for the conda solver."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from interlock.core.channels import channels_of
from interlock.core.conda_versions import conda_version_spec
from interlock.core.named_files import not_replaced
from interlock.solve.findings import invalid_requires_python, no_python, python_excluded
from interlock.solve.platforms import check_platform
from interlock_hooks.types import (
    CondaAdditions,
    CondaRecord,
    CondaRequest,
    CondaSolution,
    CondaSpec,
    EnvironmentRequest,
    Finding,
    InterlockError,
    Location,
    PythonTarget,
    VirtualPackage,
)

# conda-forge's builds of such interpreters end with their ABI, `cp313t`; those of others with `cpython` or `cp313`.
_FREE_THREADED = re.compile(r"(?:^|_)cp\d+t$")


def make_conda_request(
    request: EnvironmentRequest,
    additions: Iterable[CondaAdditions],
    virtual_packages: Sequence[VirtualPackage],
    *,
    preferred: Sequence[CondaRecord] = (),
) -> CondaRequest:
    """The request to the conda solver for one environment.

    python is part of it as soon as there are PyPI requirements, also when the manifest does not list it;
    ``requires-python`` then restricts it. Without channels conda-forge is used. ``preferred`` are the records of an
    existing lock; those of files that were replaced do not count.

    Raises :class:`InterlockError`: IL213 for a platform that is not known, IL215 for an unreadable requires-python.
    """
    check_platform(request.platform)
    added = list(additions)
    specs = [*request.conda_specs, *(spec for addition in added for spec in addition.specs)]
    constraints = [*request.conda_constraints, *(spec for addition in added for spec in addition.constraints)]
    named = any(spec.name == "python" for spec in specs)
    wanted = named or bool(request.requirements)
    restriction = _requires_python(request)
    if restriction is not None:
        (specs if wanted else constraints).append(restriction)
    elif wanted and not named:
        specs.append(CondaSpec(spec="python", origin="PyPI requirements"))
    channels = [*channels_of(request), *(name for addition in added for name in addition.channels)]
    return CondaRequest(
        environment=request.name,
        platform=request.platform,
        channels=tuple(dict.fromkeys(channels)),
        specs=tuple(dict.fromkeys(specs)),
        constraints=tuple(dict.fromkeys(constraints)),
        channel_priority=request.channel_priority,
        strategy=request.solve_strategy,
        virtual_packages=tuple(virtual_packages),
        preferred=tuple(not_replaced(request, preferred)),
        exclude_newer=request.conda_exclude_newer,
        exclude_newer_channel=request.conda_exclude_newer_channel,
        exclude_newer_package=request.conda_exclude_newer_package,
    )


def with_built_from(conda: CondaSolution, specs: Sequence[CondaSpec]) -> CondaSolution:
    """The solution with the source of each record that was built from one, as the ``specs`` of the request say."""
    built = {spec.spec.rpartition("::")[0]: spec.built_from for spec in specs if spec.built_from}
    if not built:
        return conda
    records = (replace(each, built_from=built.get(each.channel.rstrip("/"))) for each in conda.records)
    return replace(conda, records=tuple(records))


def python_target(request: EnvironmentRequest, conda: CondaSolution) -> PythonTarget:
    """The interpreter of a solution, as the PyPI half has to know it.

    Raises :class:`InterlockError` (IL211) when the solution holds no python.
    """
    record = conda.get("python")
    if record is None:
        raise InterlockError(no_python(request))
    versions = {package.name: package.version for package in conda.virtual_packages}
    return PythonTarget(
        version=record.version,
        platform=request.platform,
        glibc=versions.get("__glibc"),
        macos=versions.get("__osx"),
        free_threaded=is_free_threaded(conda),
    )


def check_python(request: EnvironmentRequest, conda: CondaSolution) -> list[Finding]:
    """A warning (IL216) if the interpreter is one that a requires-python excludes which the conda spec overrules."""
    record = conda.get("python")
    if record is None or not request.overruled_python:
        return []
    specifiers = _parsed(request.overruled_python, request.requires_python_where)
    if specifiers.contains(record.version, prereleases=True):
        return []
    asked = next((spec for spec in request.conda_specs if spec.name == "python"), None)
    return [python_excluded(request, record.version, asked)]


def is_free_threaded(conda: CondaSolution) -> bool:
    """Whether the interpreter of a solution has no global lock, as the builds of python and python_abi say."""
    builds = (record.build for name in ("python", "python_abi") if (record := conda.get(name)) is not None)
    return any(_FREE_THREADED.search(build) for build in builds)


def _requires_python(request: EnvironmentRequest) -> CondaSpec | None:
    if not request.requires_python or not request.requires_python.strip():
        return None
    version = conda_version_spec(_parsed(request.requires_python, request.requires_python_where))
    return CondaSpec(spec=f"python {version}", origin="requires-python", where=request.requires_python_where)


def _parsed(requires_python: str, where: Location | None) -> SpecifierSet:
    try:
        return SpecifierSet(requires_python)
    except InvalidSpecifier as error:
        raise InterlockError(invalid_requires_python(requires_python, str(error), where)) from None
