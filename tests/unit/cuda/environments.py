"""Environments in a few words: conda records, PyPI packages and sources, as the CUDA plugin gets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from interlock.cuda.plugin import CudaPlugin
from interlock_hooks.types import (
    BuildOptions,
    CondaRecord,
    CondaSolution,
    CondaSpec,
    EnvironmentRequest,
    Finding,
    Location,
    PackageBuildOptions,
    ProvidedDistribution,
    PyPIPackage,
    PythonTarget,
    Requirement,
    Resolution,
    SourceTree,
    SystemRequirement,
    VirtualPackage,
)
from kit.engines import package, record

TORCH_SETUP = "from torch.utils.cpp_extension import BuildExtension, CUDAExtension\n"


def line(number: int, key: str = "") -> Location:
    return Location(file="pyproject.toml", line=number, key=key or None)


def conda(
    *records: str | CondaRecord, driver: str = "", arch: str = "", origin: Any = "declared", build: str = ""
) -> CondaSolution:
    """A solution of records such as ``cuda-nvcc 12.4.131``, for a driver of that CUDA."""
    virtual = [
        VirtualPackage(name=name, version=version, origin=origin)
        for name, version in (("__cuda", driver), ("__cuda_arch", arch))
        if version
    ]
    found = [record(*each.split()) if isinstance(each, str) else each for each in records]
    return CondaSolution(platform="linux-64", records=tuple(found), virtual_packages=tuple(virtual))


def built(name: str, version: str, build: str, *depends: str) -> CondaRecord:
    """A conda record with a build string."""
    return replace(record(name, version), build=build, depends=depends)


def wheel(name: str, version: str, *requires: str, index: str | None = None) -> PyPIPackage:
    return replace(package(name, version), requires=requires, index=index)


def resolution(*packages: PyPIPackage, provided: Mapping[str, str] | None = None) -> Resolution:
    """A resolution; ``provided`` maps distributions with version to the conda packages that supply them."""
    supplied = [
        ProvidedDistribution(name=text.split()[0], version=text.split()[1], record=name)  # type: ignore[arg-type]
        for text, name in (provided or {}).items()
    ]
    target = PythonTarget(version="3.12.7", platform="linux-64")
    return Resolution(python=target, packages=packages, provided=tuple(supplied))


def source(name: str, *files: str, **scripts: str) -> SourceTree:
    """A source tree; scripts by name, ``_`` for the dot: ``setup_py="..."``."""
    texts = {path.replace("_py", ".py").replace("_txt", ".txt"): text for path, text in scripts.items()}
    return SourceTree(name=name, version="1.0", files=(*files, *texts), scripts=texts)  # type: ignore[arg-type]


def request(*, variables: Mapping[str, Mapping[str, str]] | None = None, **cuda: Any) -> EnvironmentRequest:
    """A request with a line for everything that findings point at; ``cuda`` is the table ``[tool.interlock.cuda]``."""
    options = [
        PackageBuildOptions(name=name, variables=tuple(values.items()), where=line(50))  # type: ignore[arg-type]
        for name, values in (variables or {}).items()
    ]
    return EnvironmentRequest(
        name="default",
        platform="linux-64",
        root=Path("/project"),
        conda_specs=(CondaSpec(spec="cuda-nvcc 12.*", where=line(10)), CondaSpec(spec="gxx", where=line(11))),
        requirements=tuple(
            Requirement(name=name, text=name, where=line(number))  # type: ignore[arg-type]
            for number, name in ((20, "torch"), (21, "flash-attn"), (22, "cupy-cuda13x"))
        ),
        system_requirements=(SystemRequirement(name="__cuda", version="12", where=line(30)),),
        build=BuildOptions(packages=tuple(options)),
        settings={"cuda": {key.replace("_", "-"): value for key, value in cuda.items()}},
    )


def findings(
    found: Resolution, solution: CondaSolution, *sources: SourceTree, asked: EnvironmentRequest | None = None
) -> dict[str, Finding]:
    """What the plugin says of an environment, by code."""
    said = CudaPlugin().interlock_check_resolution(
        found, solution, asked or request(), {each.name: each for each in sources}
    )
    assert len({finding.code for finding in said}) == len(said)
    return {finding.code: finding for finding in said}
