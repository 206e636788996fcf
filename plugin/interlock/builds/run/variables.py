"""The environment variables of a build: a short list from outside, the activated prefix, then the plan's own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.builds.plan.credentials import with_credentials
from interlock.builds.run.byte_code import byte_code_folder
from interlock.builds.run.gpu_target import settled
from interlock.builds.run.whose_code import telling_scripts
from interlock.engines.cuda_paths import WHEELS_VARIABLE, extend_by_wheels
from interlock.engines.environ import SYSTEM_PATH, allowed_environment
from interlock.engines.python.distributions import visible_distributions
from interlock.engines.rattler.activation import activated_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from interlock_hooks.types import BuildPlan, Environment, Event

# How much of the machine a build may use. They do not change its result, so they are not part of a wheel's identity.
JOB_VARIABLES = frozenset(
    {"MAX_JOBS", "NVCC_THREADS", "CMAKE_BUILD_PARALLEL_LEVEL", "MAKEFLAGS", "CARGO_BUILD_JOBS", "DIST_EXTRA_CONFIG"}
)

# Where torch and others look for a CUDA toolkit when nothing names one.
_SYSTEM_CUDA = Path("/usr/local/cuda")

# Activation scripts and manifests must not undo what keeps a build apart from other interpreters.
_NEVER = frozenset({"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__"})


def build_variables(
    plan: BuildPlan,
    environment: Environment,
    *,
    python: Path,
    work: Path,
    sites: Sequence[Path] = (),
    emit: Callable[[Event], None],
) -> dict[str, str]:
    """All variables of one build.

    ``python`` is the interpreter of the build environment, ``work`` a directory that only this build uses; ``sites``
    are the site-packages directories that the build sees; ``emit`` is told of activation scripts that run. Programs are
    looked up in the build environment, then in the prefix, then in the system's own directories and nowhere else: a
    compiler in /usr/local or in the caller's PATH cannot decide what a build makes.
    """
    activation = environment.request.activation
    variables = activated_environment(
        environment.prefix,
        allowed_environment(),
        first=(*activation.project, *activation.preset),
        scripts=[environment.root / script for script in activation.scripts],
        env=activation.env,
        on_scripts=telling_scripts(environment, emit),
    )
    _refuse_stray_cuda(variables, environment.prefix)
    scripts = python.parent
    variables["PATH"] = os.pathsep.join([str(scripts), variables.get("PATH") or SYSTEM_PATH])
    variables["VIRTUAL_ENV"] = str(scripts.parent)
    variables["PYTHONNOUSERSITE"] = "1"
    # Compiled modules of the environment would otherwise be cached inside of it, which a build must not write to.
    variables["PYTHONPYCACHEPREFIX"] = str(byte_code_folder(work))
    variables["PYTHONUNBUFFERED"] = "1"
    # What a build gets is in its plan. A setup.py that runs pip must neither add to that unseen nor reach, with the
    # system's pip, the system's own packages.
    variables["PIP_NO_INDEX"] = "1"
    variables["PIP_REQUIRE_VIRTUALENV"] = "1"
    # Programs also keep their caches and settings in directories of the build.
    variables |= {"HOME": str(work / "home"), **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(work / "tmp"))}
    for name in [name for name in variables if name.startswith("XDG_")]:
        del variables[name]
    for name in _NEVER:
        variables.pop(name, None)
    variables.update(settled(with_credentials(plan, environment.request.build).variables))
    _add_cuda_wheels(variables, sites)
    return variables


def settings_of(plan: BuildPlan, environment: Environment) -> dict[str, str | list[str]]:
    """The settings of a build as a backend gets them (PEP 517)."""
    settings = with_credentials(plan, environment.request.build).config_settings
    return {name: value if isinstance(value, str) else list(value) for name, value in settings}


def _add_cuda_wheels(variables: dict[str, str], sites: Sequence[Path]) -> None:
    """Let compilers find the headers and libraries of the wheels that complete conda's CUDA toolkit, after its own."""
    names = {wheel.partition("==")[0] for wheel in variables.get(WHEELS_VARIABLE, "").split()}
    for site in sites if names else ():
        for name, distribution in visible_distributions([site]).items():
            if name in names:
                extend_by_wheels(variables, site, distribution.files)


def _refuse_stray_cuda(variables: dict[str, str], prefix: Path) -> None:
    """Keep a CUDA toolkit of the machine from taking part in builds of an environment that has none.

    Without this, the same lock would make other wheels on another machine. Whoever wants that toolkit says so with
    ``CUDA_HOME`` among the build variables.
    """
    if variables.get("CUDA_HOME") or variables.get("CUDA_PATH") or (prefix / "bin" / "nvcc").exists():
        return
    if _SYSTEM_CUDA.exists() or shutil.which("nvcc", path=SYSTEM_PATH):
        variables["CUDA_HOME"] = str(prefix)
        variables["CUDACXX"] = str(prefix / "bin" / "nvcc")
