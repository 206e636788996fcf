"""Every hook, the smallest values that it is asked with, and what an answer to it looks like at the other end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from packaging.utils import canonicalize_name

from interlock.plugins.manager import Plugins
from interlock_hooks import hookimpl
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildPlan,
    BuildRequirement,
    BuiltWheel,
    CondaAdditions,
    CondaRecord,
    CondaRequest,
    CondaSolution,
    CondaSpec,
    Environment,
    EnvironmentRequest,
    Finding,
    InfoSection,
    LockedEnvironment,
    PyPIAdditions,
    PyPIPackage,
    PyPIRequest,
    PythonTarget,
    Repair,
    Resolution,
    Severity,
    SourceTree,
    StageStarted,
    VirtualPackage,
)

PLATFORM = "linux-64"
PYTHON = PythonTarget(version="3.12.7", platform=PLATFORM)
RECORD = CondaRecord(
    name="company-pytorch",
    version="2.6.0",
    build="0",
    build_number=0,
    subdir=PLATFORM,
    url="file:///channel/linux-64/company-pytorch-2.6.0-0.conda",
    file_name="company-pytorch-2.6.0-0.conda",
    channel="file:///channel",
)
CONDA = CondaSolution(platform=PLATFORM, records=(RECORD,))
SDIST = PyPIPackage(
    name=canonicalize_name("flash-attn"),
    version="2.7.4",
    artifact=Artifact(kind="sdist", url="file:///index/flash_attn-2.7.4.tar.gz", sha256="0" * 64),
)
WHEEL = PyPIPackage(
    name=canonicalize_name("torch"),
    version="2.6.0",
    artifact=Artifact(kind="wheel", url="file:///index/torch-2.6.0-py3-none-any.whl", sha256="0" * 64),
)
RESOLUTION = Resolution(python=PYTHON, packages=(SDIST, WHEEL))
SOURCE = SourceTree(name=SDIST.name, version=SDIST.version, files=("setup.py",), scripts={"setup.py": "setup()"})
PLAN = BuildPlan(package=SDIST, mode=BuildMode.MATCHED)
CONDA_REQUEST = CondaRequest(environment="default", platform=PLATFORM, channels=("conda-forge",), specs=())
PYPI_REQUEST = PyPIRequest(environment="default", python=PYTHON, root="/project", requirements=())
EVENT = StageStarted(stage="plan")
FINDING = Finding(code="IL890", what="refused", severity=Severity.WARNING)


def request(root: Path, **settings: Any) -> EnvironmentRequest:
    """An environment that asks for nothing; ``settings`` are the plugins' tables."""
    return EnvironmentRequest(name="default", platform=PLATFORM, root=root, settings=settings)


def wheel(root: Path) -> BuiltWheel:
    """A built wheel, with a file that can be looked at."""
    path = root / "flash_attn-2.7.4-py3-none-any.whl"
    path.touch()
    return BuiltWheel(name=SDIST.name, version="2.7.4", path=path, sha256="0" * 64, mode=PLAN.mode, seconds=1.0)


def environment(root: Path) -> Environment:
    """An installed environment with an empty prefix."""
    locked = LockedEnvironment(name="default", platform=PLATFORM, conda=CONDA, resolution=RESOLUTION, plans=(PLAN,))
    prefix = root / "prefix"
    prefix.mkdir(exist_ok=True)
    return Environment(locked=locked, prefix=prefix, logs=root / "logs", request=request(root))


@dataclass(frozen=True)
class Exercise:
    """How to ask all plugins about one hook through its typed method.

    ``answer`` makes what one plugin returns; ``expected`` makes, from that, what the method must return.
    """

    ask: Callable[[Plugins, Path], object]
    answer: Callable[[Path], object]
    expected: Callable[[Any], object] = lambda answer: answer


def _alone(answer: object) -> Sequence[object]:
    return [answer]


# One for each hook: tests that are parametrised by hook fail for a hook that is not here.
EXERCISES: dict[str, Exercise] = {
    "interlock_virtual_packages": Exercise(
        lambda plugins, root: plugins.virtual_packages(request(root)),
        lambda root: [VirtualPackage(name="__mpi", version="4.1", origin="plugin")],
    ),
    "interlock_conda_request": Exercise(
        lambda plugins, root: plugins.conda_request(request(root)),
        lambda root: CondaAdditions(constraints=(CondaSpec(spec="openssl >=3.2", origin="site"),)),
        _alone,
    ),
    "interlock_conda_solve": Exercise(lambda plugins, root: plugins.conda_solve(CONDA_REQUEST), lambda root: CONDA),
    "interlock_pypi_names": Exercise(
        lambda plugins, root: plugins.pypi_names(RECORD, request(root)),
        lambda root: ["torch"],
        lambda answer: tuple(answer),
    ),
    "interlock_pypi_request": Exercise(
        lambda plugins, root: plugins.pypi_request(request(root), CONDA),
        lambda root: PyPIAdditions(constraints=("urllib3>=2.2",)),
        _alone,
    ),
    "interlock_pypi_resolve": Exercise(
        lambda plugins, root: plugins.pypi_resolve(PYPI_REQUEST), lambda root: RESOLUTION
    ),
    "interlock_repair_resolution": Exercise(
        lambda plugins, root: plugins.repair_resolution(RESOLUTION, CONDA, request(root)),
        lambda root: [Repair(additions=PyPIAdditions(constraints=("torch<2.7",)), finding=FINDING)],
    ),
    "interlock_check_resolution": Exercise(
        lambda plugins, root: plugins.check_resolution(RESOLUTION, CONDA, request(root), {SDIST.name: SOURCE}),
        lambda root: [FINDING],
    ),
    "interlock_build_requirements": Exercise(
        lambda plugins, root: plugins.build_requirements(SDIST, RESOLUTION, request(root)),
        lambda root: [BuildRequirement(requirement="torch", match_runtime=True, origin="site")],
    ),
    "interlock_build_variables": Exercise(
        lambda plugins, root: plugins.build_variables(SDIST, RESOLUTION, request(root), CONDA, SOURCE),
        lambda root: {"SITE": "1"},
    ),
    "interlock_check_install": Exercise(
        lambda plugins, root: plugins.check_install(environment(root).locked, request(root)), lambda root: [FINDING]
    ),
    "interlock_build_wheel": Exercise(lambda plugins, root: plugins.build_wheel(PLAN, environment(root)), wheel),
    "interlock_check_wheel": Exercise(
        lambda plugins, root: plugins.check_wheel(wheel(root), RESOLUTION, environment(root)), lambda root: [FINDING]
    ),
    "interlock_environment_ready": Exercise(
        lambda plugins, root: plugins.environment_ready(environment(root)), lambda root: None
    ),
    "interlock_environment_info": Exercise(
        lambda plugins, root: plugins.environment_info(request(root), environment(root).locked),
        lambda root: InfoSection(name="site", data={"rack": 4}, rows=(("site", "rack 4"),)),
        _alone,
    ),
    "interlock_event": Exercise(lambda plugins, root: plugins.event(EVENT), lambda root: None),
}


def plugin(**functions: Callable[..., object]) -> ModuleType:
    """A plugin made of functions, which are marked as hook implementations unless they are already."""
    module = ModuleType("site")
    for name, function in functions.items():
        setattr(module, name, function if hasattr(function, "interlock_impl") else hookimpl(function))
    return module
