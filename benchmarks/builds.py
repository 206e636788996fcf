"""Builds: a torch extension from nothing against uv by hand, from the store, and independent builds together.

    python benchmarks/builds.py scatter --torch torch==2.14.1 [--find-links DIR]
    python benchmarks/builds.py independent

``scatter`` takes a quarter of an hour on two cores and needs the network for the sdist. Both sides start with no built
wheel. They run one after the other, so run it on an idle machine.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
BIN = Path(sys.executable).parent
MANIFEST = """\
[project]
name = "benchmark"
version = "0"
dependencies = {requirements}
[tool.pixi.workspace]
channels = ["{channel}"]
platforms = ["linux-64"]
[tool.pixi.dependencies]
python = "{python}.*"
[tool.pixi.pypi-options]
find-links = {find_links}
[tool.interlock.build]
jobs = {jobs}
"""
# About ten seconds of a compiler's work each, and nothing to link against.
SOURCE = """\
#include <map>
#include <string>
#include <regex>
template <int N> struct Work {{ static int run(int x) {{
    std::map<std::string, std::regex> m; m[std::to_string(N + x)] = std::regex(std::to_string(N));
    return Work<N - 1>::run(x) + (int)m.size(); }} }};
template <> struct Work<0> {{ static int run(int) {{ return 0; }} }};
extern "C" void *PyInit_{name}() {{ return (void *)(long)Work<350>::run(1); }}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("scatter", "independent"))
    parser.add_argument("--torch", default="torch")
    parser.add_argument("--find-links", type=Path, help="where the wheel of torch lies, if not on the index")
    parser.add_argument("--package", default="torch-scatter")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as folder:
        work = Path(folder)
        run([BIN / "interlock", "channel", "build", work / "channel", "--python"])
        if options.what == "scatter":
            scatter(work, options.torch, options.package, options.find_links)
        else:
            independent(work)


def scatter(work: Path, torch: str, package: str, find_links: Path | None) -> None:
    links = [] if find_links is None else [{"path": str(find_links)}]
    project = write_project(work, [torch, package], links, jobs='"auto"')
    run([BIN / "interlock", "env", "lock"], cwd=project)
    ours, report = install(project, work / "cache")
    (built,) = json.loads(report)["built"]
    print(
        f"{package} {built['version']}, {built['mode']}: interlock env install {ours:.0f} s,"
        f" of that the build {built['seconds']:.0f} s"
    )
    again(project, work / "cache", package)
    theirs = by_hand(work, project, torch, package, find_links)
    print(f"uv in two steps by hand {theirs:.0f} s; interlock takes {built['seconds'] / theirs:.2f}x for the build")


def again(project: Path, cache: Path, package: str) -> None:
    """The wheel is in the store; the package alone is gone from the environment."""
    python = project / ".interlock/envs/default/bin/python"
    without, _ = timed([BIN / "interlock", "env", "install"], project, cache)
    run([BIN / "uv", "pip", "uninstall", "-q", "--python", python, "--break-system-packages", package])
    (project / "pyproject.toml").touch()  # so that the environment is compared with the lock
    seconds, _ = timed([BIN / "interlock", "env", "install"], project, cache)
    shutil.rmtree(project / ".interlock")
    whole, _ = timed([BIN / "interlock", "env", "install"], project, cache)
    print(
        f"nothing to do {without:.2f} s; only the stored wheel to install {seconds:.2f} s;"
        f" all from caches {whole:.1f} s"
    )


def by_hand(work: Path, project: Path, torch: str, package: str, find_links: Path | None) -> float:
    """The second of two steps: torch and build tools are there already, the package is built without isolation."""
    venv = work / "by-hand"
    run([BIN / "uv", "venv", "-q", "--python", project / ".interlock/envs/default/bin/python", venv])
    python = venv / "bin" / "python"
    links = [] if find_links is None else ["--find-links", find_links]
    pip = [BIN / "uv", "--cache-dir", work / "uv-cache", "pip", "install", "-q", "--python", python]
    run([*pip, *links, torch, "setuptools<81", "wheel", "numpy", "ninja"])
    start = time.perf_counter()
    run([*pip, "--no-build-isolation", "--no-deps", package])
    return time.perf_counter() - start


def independent(work: Path) -> None:
    names = [f"work{number}" for number in range(3)]
    for name in names:
        write_sdist(work / "sources" / name, name)
    requirements = [f"{name} @ {(work / 'sources' / name).as_uri()}" for name in names]
    times = {}
    for jobs in ("1", '"auto"'):
        project = write_project(work, requirements, [], jobs=jobs)
        cache = work / f"cache-{jobs.strip(chr(34))}"
        run([BIN / "interlock", "env", "lock"], cwd=project, cache=cache)
        times[jobs], _ = install(project, cache)
        shutil.rmtree(project)
    alone, together = times["1"], times['"auto"']
    print(f"three builds one after another {alone:.1f} s, together {together:.1f} s: {together / alone:.2f}x")


def write_sdist(folder: Path, name: str) -> None:
    folder.mkdir(parents=True)
    (folder / f"{name}.cpp").write_text(SOURCE.format(name=name))
    setup = f"from setuptools import Extension, setup\nsetup(ext_modules=[Extension('{name}', ['{name}.cpp'])])\n"
    (folder / "setup.py").write_text(setup)
    build = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    (folder / "pyproject.toml").write_text(build + f'[project]\nname = "{name}"\nversion = "1"\n')


def write_project(work: Path, requirements: list[str], find_links: list[dict[str, str]], *, jobs: str) -> Path:
    project = work / "project"
    project.mkdir(exist_ok=True)
    links = "[" + ", ".join(f'{{ path = "{entry["path"]}" }}' for entry in find_links) + "]"
    text = MANIFEST.format(
        requirements=json.dumps(requirements),
        channel=(work / "channel").as_uri(),
        python=PYTHON,
        find_links=links,
        jobs=jobs,
    )
    (project / "pyproject.toml").write_text(text)
    return project


def install(project: Path, cache: Path) -> tuple[float, str]:
    return timed([BIN / "interlock", "env", "install", "--json"], project, cache)


def timed(command: list[object], project: Path, cache: Path) -> tuple[float, str]:
    start = time.perf_counter()
    output = run(command, cwd=project, cache=cache)
    return time.perf_counter() - start, output


def run(command: list[object], cwd: Path | None = None, cache: Path | None = None) -> str:
    variables = {**os.environ, **({"INTERLOCK_CACHE_DIR": str(cache)} if cache else {})}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
