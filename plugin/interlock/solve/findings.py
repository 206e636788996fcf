"""Findings about the request for the conda solver and about names of packages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.findings import titled
from interlock.core.urls import redacted
from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from interlock_hooks.types import CondaRecord, CondaSpec, EnvironmentRequest, ProvidedDistribution, PyPIPackage


def no_python(request: EnvironmentRequest) -> Finding:
    """IL211: PyPI requirements, and no interpreter among the conda packages."""
    return Finding(
        code="IL211",
        what=f"{titled(request.name)} has PyPI requirements but no python on {request.target}",
        why="the conda solution does not contain a package named python",
        fix='add `python = "*"` to the conda dependencies',
    )


def invalid_version(source: str, value: str, where: Location | None) -> Finding:
    """IL212: the version of a virtual package; ``source`` is the key or variable that has it."""
    return Finding(
        code="IL212",
        what=f"{source} = {value!r} is not a version",
        where=where,
        fix="write a plain version such as 12.4",
    )


def invalid_processor(source: str, value: str, where: Location | None) -> Finding:
    """IL212: the processor of ``__archspec``; ``source`` is the key or variable that has it."""
    return Finding(
        code="IL212",
        what=f"{source} = {value!r} is not a processor name",
        where=where,
        fix="write a name such as x86_64_v3",
    )


def invalid_requires_python(text: str, why: str, where: Location | None) -> Finding:
    """IL215: ``requires-python`` is not a version specifier."""
    return Finding(
        code="IL215",
        what=f"requires-python = {text!r} is not valid",
        why=why,
        where=where,
        fix='write a version specifier (PEP 440), for example ">=3.11,<3.13"',
    )


def python_excluded(request: EnvironmentRequest, version: str, asked: CondaSpec | None) -> Finding:
    """IL216: the interpreter is not one that the project supports, because a conda dependency decides."""
    where = f" ({replace(asked.where, key=None)})" if asked and asked.where else ""
    return Finding(
        code="IL216",
        what=f"environment {request.name} has python {version}, which requires-python = "
        f"{request.overruled_python!r} excludes",
        why=f"the conda dependency {asked.spec if asked else 'python'!r}{where} decides, as in pixi",
        where=request.requires_python_where,
        fix="make both say the same, or remove python from the conda dependencies",
        severity=Severity.WARNING,
    )


def map_unreachable(url: str, why: str) -> Finding:
    """IL241: a map of PyPI names cannot be downloaded."""
    return Finding(
        code="IL241",
        what=f"could not download the map of PyPI names {url}",
        why=why,
        fix="check the address in conda-pypi-map and the network; or download the map and name its path",
    )


def map_malformed(url: str, why: str, fix: str = "") -> Finding:
    """IL242: the address leads to something that is not a map of PyPI names."""
    return Finding(
        code="IL242",
        what=f"{url} is not a map of PyPI names",
        why=why,
        fix=fix or 'it must be an object like {"conda-name": "pypi-name", "other": null}',
    )


def map_stale(url: str, why: str) -> Finding:
    """IL243: an older copy of a map is used, because it cannot be downloaded."""
    return Finding(
        code="IL243",
        what=f"using an older copy of the map of PyPI names {url}",
        why=f"it could not be downloaded again: {why}",
        fix="lock again when the address can be reached, if it matters",
        severity=Severity.WARNING,
    )


def stays_with_conda(
    name: str, record: CondaRecord, needed_by: Mapping[str, str], request: EnvironmentRequest
) -> Finding:
    """IL248: PyPI may supply a name, but conda packages need conda's; ``needed_by`` has their ranges."""
    dependents = ", ".join(sorted(needed_by))
    return Finding(
        code="IL248",
        what=f"PyPI cannot supply {name} in {titled(request.name)} on {request.target}, although from-pypi lists it",
        why=f"conda packages depend on {record.name}, so that conda supplies {name} {record.version}",
        where=request.places.get("from-pypi"),
        fix=f"take what depends on it from PyPI as well ({dependents}), list {name} in only-from-pypi instead, "
        "or remove it from from-pypi",
        details=tuple(f"{dependent} needs {text}" for dependent, text in sorted(needed_by.items())),
        severity=Severity.WARNING,
    )


def dependents_use_pypi(
    package: PyPIPackage, needed_by: Mapping[str, str], unread: Collection[str], request: EnvironmentRequest
) -> Finding:
    """IL249: conda packages get what they depend on from PyPI; ``unread`` are those whose range PyPI cannot be told."""
    those = ", ".join(sorted(needed_by))
    return Finding(
        code="IL249",
        what=f"PyPI supplies {package} to conda packages of {titled(request.name)} on {request.target}",
        why=f"only-from-pypi lists {package.name}, so the conda package is left out, and these use PyPI's: {those}",
        where=request.places.get("only-from-pypi"),
        fix=f"nothing if they work with it; otherwise remove {package.name} from only-from-pypi",
        details=tuple(
            f"{dependent} needs {text}{' (not compared)' if dependent in unread else ''}"
            for dependent, text in sorted(needed_by.items())
        ),
        severity=Severity.NOTE,
    )


def supplies_more(record: CondaRecord, others: Sequence[str], where: Location | None) -> Finding:
    """IL250: a conda package that should be left out also supplies what PyPI is not asked for."""
    also = " and ".join(others)
    return Finding(
        code="IL250",
        what=f"the conda package {record.name} {record.version} cannot be left out for PyPI",
        why=f"it also supplies {also}, which only-from-pypi does not list",
        where=where,
        fix=f"add {also} to only-from-pypi",
    )


def only_for_conda(name: str, spec: CondaSpec) -> Finding:
    """IL251: a match spec that PyPI cannot be asked for, of a name that only PyPI may supply."""
    return Finding(
        code="IL251",
        what=f"PyPI cannot be asked for {spec.spec}",
        why=f"only-from-pypi lists {name}, and PyPI knows neither builds nor ranges with |",
        where=spec.where,
        fix=f"write a plain range, or remove {name} from only-from-pypi",
    )


def extras_unknown(record: CondaRecord, entry: ProvidedDistribution, why: str) -> Finding:
    """IL247: extras are asked of what a conda package supplies, and nothing says what they require."""
    extras = ", ".join(entry.extras)
    return Finding(
        code="IL247",
        what=f"cannot find out what {entry.name}[{extras}] requires, which the conda package {record.name} supplies",
        why=redacted(why).splitlines()[0] if why else "",
        fix=f"check the network, or declare the metadata of {entry.name} in `[[tool.uv.dependency-metadata]]`",
        details=(redacted(record.url),),
    )
