"""An environment with a bit of everything, names that are markup included, as a graph and as an overview."""

from __future__ import annotations

import pytest

from interlock.graph.model import Graph
from interlock.project.described import ConfinementInfo, EnvironmentInfo, LockInfo, ProjectInfo
from interlock.project.overview import Built, Locked, Overview, Part
from interlock_hooks.types import BuildMode, InfoSection, KnownVersion, VirtualPackage
from kit.locked import graph, lines, locked, plan, record, sdist, wheel

EVIL = "<img src=x onerror=alert(1)>"
PREFIX = "/project/.interlock/envs/default"


@pytest.fixture
def mixed() -> Graph:
    """Conda supplies numpy, torch is a wheel, and ext is built against it."""
    ext = sdist("ext 1.0", "torch>=2")
    environment = locked(
        record("python 3.12.7"),
        record("numpy 2.1", "python"),
        pypi=(ext, wheel("torch 2.6", "numpy>=1")),
        provides={"numpy 2.1": "numpy"},
        plans=[plan(ext, BuildMode.MATCHED, matched=["torch"], overlay=[wheel("torch 2.6"), wheel("setuptools 80")])],
        machine={"__cuda": EVIL},
    )
    return graph(environment, lines(conda=["python", "numpy"], pypi=["ext", EVIL.replace(" ", "")]))


@pytest.fixture
def found() -> Overview:
    """The same as an overview; torch and nvcc are for one CUDA, and the driver runs it."""
    parts = (
        Part("python", "3.12.7", "conda", "https://channels.example/main", 30_000_000),
        Part("cuda-nvcc", "12.4.131", "conda", "https://channels.example/main", 40_000_000),
        Part("torch", "2.6", "pypi", "https://index.example/simple", 768_000_000),
        Part("ext", "1.0", "built", f"https://index.example/{EVIL}", 2_000_000),
        Part(EVIL, EVIL, "pypi", EVIL, None),
    )
    ext = Built(
        name="ext",
        version="1.0",
        mode=BuildMode.MATCHED,
        against=(("torch 2.6", "pypi"), ("numpy 2.1", "conda")),
        tools=("setuptools 80",),
        seen=True,
        programs=("nvcc",),
        seconds=95.2,
        compilers=(("cc", "/usr/bin/cc"), ("nvcc", f"{PREFIX}/bin/nvcc")),
    )
    versions = (
        KnownVersion(who="driver (declared)", version="12.6", up_to=True),
        KnownVersion(who="nvcc", version="12.4", evidence=EVIL),
        KnownVersion(who="torch 2.6", version="12.4"),
        KnownVersion(who="nvidia-nccl-cu12 2.21", version="12"),
    )
    info = ProjectInfo(
        name=EVIL,
        manifest=f"/project/{EVIL}/pyproject.toml",
        platform="linux-64",
        channels=("conda-forge",),
        virtual_packages=(VirtualPackage(name="__cuda", version=""),),
        sections=(InfoSection(name="cuda", data={}, rows=((EVIL, EVIL),), versions=versions, findings=()),),
        environments=(EnvironmentInfo("default", ("linux-64", "osx-arm64"), PREFIX, installed=True),),
        lock=LockInfo("/project/interlock.lock", "current"),
        plugins=(EVIL,),
        confinement=ConfinementInfo(writing=True, network=True, denied=False, memory=False),
        cache="/cache",
        versions={"uv": "1.0"},
        unread=(EVIL,),
    )
    here = Locked("default", "linux-64", "3.12.7", parts)
    return Overview(environment="default", info=info, locked=(here,), chosen=here, builds=(ext,), findings=())
