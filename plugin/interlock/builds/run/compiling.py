"""Having setuptools compile side by side: the extension modules of a project, and the source files of each of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from interlock.builds.run.start_hooks import install_start_hook
from interlock.builds.run.toolchain import find_toolchain
from interlock.engines.python.distributions import installed_versions

COMPILE_HOOK = Path(__file__).with_name("_compile_hook.py")
JOBS_VARIABLE = "INTERLOCK_COMPILE_JOBS"
_NO_NINJA = re.compile(r"use_ninja\s*=\s*False")


def compile_in_parallel(tree: Path, variables: Mapping[str, str], sites: Sequence[Path], work: Path) -> dict[str, str]:
    """The variables by which setuptools compiles with as many processes as the build in ``variables`` may run.

    ``sites`` are the site-packages directories that the build sees. The first one, which is its own, gets the hook that
    compiles the files of an extension side by side, and ``work`` a configuration for several extensions.
    """
    jobs = variables.get("CMAKE_BUILD_PARALLEL_LEVEL", "1")
    if not jobs.isdigit() or int(jobs) < 2:
        return {}
    install_start_hook(sites[0], COMPILE_HOOK)
    found = {JOBS_VARIABLE: jobs}
    nvcc = any(program == "nvcc" for program, _ in find_toolchain(variables))
    if "DIST_EXTRA_CONFIG" not in variables and extensions_are_independent(tree, installed_versions(sites), nvcc=nvcc):
        file = work / "distutils.cfg"
        file.write_text(f"[build_ext]\nparallel = {jobs}\n", encoding="utf-8")
        found["DIST_EXTRA_CONFIG"] = str(file)
    return found


def extensions_are_independent(tree: Path, visible: Collection[str], *, nvcc: bool) -> bool:
    """Whether threads may compile the extension modules of a ``setup.py`` at the same time.

    torch's ``BuildExtension`` shares files and compiler settings between extensions: with ninja all of them write the
    same ``build.ninja``, with nvcc they switch the compiler back and forth. Setuptools' own loop shares nothing.
    """
    setup = tree / "setup.py"
    if not setup.is_file():
        return False
    if "torch" not in visible:
        return True
    return not nvcc and _NO_NINJA.search(setup.read_text(encoding="utf-8", errors="replace")) is not None
