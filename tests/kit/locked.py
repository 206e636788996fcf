"""Locked environments made of a few lines of text, for tests that solve nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packaging.utils import canonicalize_name

from interlock.builds.sources.static.facts import Known, StaticMetadata
from interlock.graph.assemble import assemble
from interlock.graph.model import EdgeKind, Graph, Line
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildPlan,
    BuildRequirement,
    CondaRecord,
    CondaSolution,
    CondaSpec,
    Location,
    LockedEnvironment,
    ProvidedDistribution,
    PyPIPackage,
    PythonTarget,
    Resolution,
    VirtualPackage,
)

PLATFORM = "linux-64"
CHANNEL = "https://channels.example/main"
INDEX = "https://index.example/simple"


def record(text: str, *depends: str, constrains: Sequence[str] = ()) -> CondaRecord:
    """A conda record of ``name version [build]``."""
    name, version, build = (*text.split(), "0")[:3]
    file_name = f"{name}-{version}-{build}.conda"
    return CondaRecord(
        name=name,
        version=version,
        build=build,
        build_number=0,
        subdir=PLATFORM,
        url=f"{CHANNEL}/{PLATFORM}/{file_name}",
        file_name=file_name,
        channel=CHANNEL,
        depends=depends,
        constrains=tuple(constrains),
    )


def wheel(text: str, *requires: str) -> PyPIPackage:
    """A package of ``name version`` that is installed from a wheel."""
    return _package(text, requires, "wheel", "-py3-none-any.whl")


def sdist(text: str, *requires: str) -> PyPIPackage:
    """A package of ``name version`` that has to be built."""
    return _package(text, requires, "sdist", ".tar.gz")


def _package(text: str, requires: Sequence[str], kind: str, ending: str) -> PyPIPackage:
    name, version = text.split()
    file_name = f"{name.replace('-', '_')}-{version}{ending}"
    artifact = Artifact(kind=kind, url=f"{INDEX}/{file_name}", filename=file_name, sha256="0" * 64)  # type: ignore[arg-type]
    return PyPIPackage(
        name=canonicalize_name(name), version=version, artifact=artifact, requires=tuple(requires), index=INDEX
    )


def proof(*requires: str) -> StaticMetadata:
    """What the source of ``demo 1.0`` proves: its requirements in line 3 of a setup.py, the rest in line 1."""
    return StaticMetadata(
        name=Known("demo", "setup.py:1"),
        version=Known("1.0", "setup.py:1"),
        requires_python=Known(None, "setup.py:1"),
        requires_dist=Known(requires, "setup.py:3"),
        extras=Known((), "setup.py:1"),
    )


def plan(
    package: PyPIPackage,
    mode: BuildMode = BuildMode.ISOLATED,
    *,
    needs: Sequence[str] = (),
    matched: Sequence[str] = (),
    overlay: Sequence[PyPIPackage] = (),
    imports: Sequence[str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> BuildPlan:
    """A plan whose sdist declares ``needs``; the manifest wants ``matched`` packages in it."""
    declared = [BuildRequirement(requirement=text, origin="backend") for text in needs]
    wanted = [BuildRequirement(requirement=text, match_runtime=True) for text in matched]
    return BuildPlan(
        package=package,
        mode=mode,
        requirements=(*declared, *wanted),
        overlay=tuple(overlay),
        variables=tuple((variables or {}).items()),
        imports=None if imports is None else tuple(map(canonicalize_name, imports)),
    )


def locked(
    *records: CondaRecord,
    pypi: Sequence[PyPIPackage] = (),
    provides: Mapping[str, str] | None = None,
    plans: Sequence[BuildPlan] = (),
    machine: Mapping[str, str] | None = None,
    name: str = "default",
) -> LockedEnvironment:
    """An environment; ``provides`` maps distributions (``name version``) to the records that supply them."""
    python = next((each.version for each in records if each.name == "python"), "3.12.7")
    provided = tuple(
        ProvidedDistribution(
            name=canonicalize_name(text.split()[0]), version=text.split()[1], record=supplier, rule="purl"
        )
        for text, supplier in (provides or {}).items()
    )
    virtual = tuple(VirtualPackage(name=key, version=value) for key, value in (machine or {}).items())
    return LockedEnvironment(
        name=name,
        platform=PLATFORM,
        conda=CondaSolution(platform=PLATFORM, records=records, virtual_packages=virtual, channels=(CHANNEL,)),
        resolution=Resolution(
            python=PythonTarget(version=python, platform=PLATFORM), packages=tuple(pypi), provided=provided
        ),
        plans=tuple(plans),
    )


def lines(*, conda: Sequence[str] = (), pypi: Sequence[str] = (), limits: Sequence[str] = ()) -> tuple[Line, ...]:
    """Lines of a manifest, numbered from 1: conda's needs, PyPI's needs, conda constraints."""
    texts: list[tuple[str, EdgeKind, bool]] = [
        *((text, "needs", True) for text in conda),
        *((text, "needs", False) for text in pypi),
        *((text, "limits", True) for text in limits),
    ]
    return tuple(
        Line(
            key=f"line:{number}",
            name=CondaSpec(spec=text).name if is_conda else canonicalize_name(CondaSpec(spec=text).name),
            text=text,
            ecosystem="conda" if is_conda else "pypi",
            kind=kind,
            where=Location(file="pyproject.toml", line=number),
        )
        for number, (text, kind, is_conda) in enumerate(texts, 1)
    )


def graph(environment: LockedEnvironment, asked: Sequence[Line] | None = ()) -> Graph:
    """The graph of an environment that ``asked`` lines ask for."""
    return assemble(environment, asked)
