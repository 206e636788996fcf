"""How long a torch extension compiles on more cores than there are here, by simulation of its schedule.

    python benchmarks/schedule.py [--scale 10]

Setuptools and Interlock's hook run as in a build, with a compiler that sleeps as long as the real one took for a file,
divided by ``--scale``. Sleeping needs no core, so any number of jobs can be simulated.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from interlock.builds.run.compiling import compile_in_parallel
from interlock.builds.run.jobs import job_variables

# CPU time in seconds that g++ took for each file of torch-scatter 2.1.2 against torch 2.13 for CPUs, by a compiler that
# noted it; linking took 0.2 s each. The extensions are compiled in this order.
EXTENSIONS = {
    "segment_coo": {"segment_coo_cpu": 26.0, "segment_coo": 30.9},
    "segment_csr": {"segment_csr_cpu": 26.2, "segment_csr": 33.5},
    "scatter": {"scatter_cpu": 27.4, "scatter": 34.9},
    "version": {"version": 26.2},
}
JOBS = (1, 2, 4, 8, 16)
COMPILER = """\
#!/bin/sh
for last; do :; done
for word; do case $word in *.c) sleep $(cat $word);; esac; done
: > $last
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=10, help="how much faster than in reality (10)")
    scale = parser.parse_args().scale
    alone = 0.0
    for jobs in JOBS:
        with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as folder:
            seconds = simulated(Path(folder), jobs, scale)
        alone = alone or seconds
        print(f"{jobs:>2} jobs: {seconds:4.0f} s, {seconds / alone:.2f}x")


def simulated(project: Path, jobs: int, scale: float) -> float:
    """The seconds that the extensions of torch-scatter take to compile with so many ``jobs``."""
    compiler = project / "cc"
    compiler.write_text(COMPILER)
    compiler.chmod(0o755)
    for files in EXTENSIONS.values():
        for name, seconds in files.items():
            (project / f"{name}.c").write_text(str(seconds / scale))
    sources = {name: [f"{file}.c" for file in files] for name, files in EXTENSIONS.items()}
    extensions = ", ".join(f"Extension({name!r}, {files})" for name, files in sources.items())
    (project / "setup.py").write_text(f"from setuptools import Extension, setup\nsetup(ext_modules=[{extensions}])\n")
    variables = {"PATH": os.environ["PATH"], **job_variables(jobs)}
    variables |= compile_in_parallel(project, variables, (project,), project)
    variables |= {"CC": str(compiler), "LDSHARED": str(compiler), "PYTHONPATH": str(project)}
    code = "import glob, runpy, sys\nfor hook in glob.glob('*.pth'): exec(open(hook).read())\n"
    code += "sys.argv[1:] = ['build_ext']\nrunpy.run_path('setup.py')"
    start = time.perf_counter()
    command = [sys.executable, "-c", code]
    subprocess.run(command, cwd=project, env=variables, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * scale


if __name__ == "__main__":
    main()
