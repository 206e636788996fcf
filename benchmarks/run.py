"""Measures Interlock against the bare engines, side by side in one run, and prints the ratios.

    make benchmarks            # or: python benchmarks/run.py [--rounds 5] [--work DIR]

Needs the network once, for the packages of the project below; all measured runs find warm caches. Each pair is run in
turns, so that another load on the machine meets both; the medians are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

REQUIREMENTS = [
    "numpy", "pandas", "requests", "rich", "pydantic", "click", "jinja2", "pyyaml", "tqdm", "attrs", "httpx",
    "networkx", "sympy", "pillow", "psutil", "fsspec", "huggingface-hub", "safetensors", "tokenizers", "einops",
]  # fmt: skip
MANIFEST = """\
[project]
name = "benchmark"
version = "0"
requires-python = ">=3.10,<3.14"
dependencies = {requirements}
[tool.pixi.workspace]
channels = ["{channel}"]
platforms = ["linux-64"]
[tool.pixi.dependencies]
python = "*"
{cuda}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="measured runs of each side (5)")
    parser.add_argument("--work", type=Path, help="keep the project and channel here (default: a temporary directory)")
    parser.add_argument("--cuda", action="store_true", help="have the CUDA toolkit in the environment too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as temporary:
        work = (options.work or Path(temporary)).absolute()
        bench = Bench(work, options.rounds, cuda=options.cuda)
        bench.prepare()
        bench.noop()
        bench.reinstall()
        bench.lock()


class Bench:
    def __init__(self, work: Path, rounds: int, *, cuda: bool) -> None:
        self.channel = work / "channel"
        self.project = work / "project"
        self.bare = work / "bare"
        self.rounds = rounds
        self.cuda = cuda
        self.uv = str(Path(sys.executable).with_name("uv"))

    @property
    def prefix(self) -> Path:
        return self.project / ".interlock" / "envs" / "default"

    def prepare(self) -> None:
        self.interlock("channel", "build", str(self.channel), "--python", *(["--cuda", "13.0"] if self.cuda else []))
        self.project.mkdir(parents=True, exist_ok=True)
        cuda = 'cuda-nvcc = "13.*"\n[tool.pixi.system-requirements]\ncuda = "13.0"' if self.cuda else ""
        manifest = MANIFEST.format(requirements=json.dumps(REQUIREMENTS), channel=self.channel.as_uri(), cuda=cuda)
        (self.project / "pyproject.toml").write_text(manifest)
        self.interlock("env", "install")
        self.bare.mkdir(exist_ok=True)
        (self.bare / "requirements.in").write_text("\n".join(REQUIREMENTS))
        python = self.prefix / "bin" / "python"
        run([self.uv, "pip", "compile", "-q", "--python", str(python), "requirements.in", "--format", "pylock.toml",
             "-o", "pylock.toml"], cwd=self.bare)  # fmt: skip

    def noop(self) -> None:
        """(a) Nothing to do."""
        python = self.prefix / "bin" / "python"
        self.compare(
            "no-op env install",
            lambda: self.interlock("env", "install"),
            {
                "python -c pass": lambda: run([sys.executable, "-c", "pass"]),
                "no-op uv pip install": lambda: run(
                    [self.uv, "pip", "install", "-q", "--python", str(python), *REQUIREMENTS], cwd=self.bare
                ),
            },
        )

    def reinstall(self) -> None:
        """(b) A new prefix from warm caches, the same artifacts."""
        target = self.bare / "prefix"

        def ours() -> None:
            self.interlock("env", "install", "--frozen")

        def engines() -> None:
            run([sys.executable, __file__, "--bare-install", str(self.prefix.parent / "records.json"), str(target)])
            run([self.uv, "pip", "install", "-q", "--python", str(target / "bin" / "python"), "-r", "pylock.toml"],
                cwd=self.bare)  # fmt: skip

        records = self.prefix.parent / "records.json"
        records.write_text(json.dumps([str(path) for path in sorted((self.prefix / "conda-meta").glob("*-*.json"))]))
        keep = self.bare / "conda-meta"
        shutil.rmtree(keep, ignore_errors=True)
        shutil.copytree(self.prefix / "conda-meta", keep)
        records.write_text(json.dumps([str(path) for path in sorted(keep.glob("*.json"))]))
        self.compare(
            "reinstall, warm caches",
            ours,
            {"rattler install + uv pip install": engines},
            before=lambda: [shutil.rmtree(path, ignore_errors=True) for path in (self.prefix, target)],
        )

    def lock(self) -> None:
        """(c) Solve and resolve from warm caches, without an old lock."""
        specs = ["python", *(["cuda-nvcc 13.*"] if self.cuda else [])]

        def engines() -> None:
            run([sys.executable, __file__, "--bare-solve", self.channel.as_uri(), *specs])
            compile_ = ["pip", "compile", "-q", "--python", sys.executable, "--format", "pylock.toml"]
            run([self.uv, *compile_, "requirements.in", "-o", "fresh/pylock.toml"], cwd=self.bare)

        def clear() -> None:
            (self.project / "interlock.lock").unlink(missing_ok=True)
            shutil.rmtree(self.bare / "fresh", ignore_errors=True)
            (self.bare / "fresh").mkdir()

        self.compare(
            "lock, warm caches",
            lambda: self.interlock("env", "lock"),
            {"rattler solve + uv pip compile": engines},
            before=clear,
        )

    def compare(
        self,
        title: str,
        ours: Callable[[], object],
        others: dict[str, Callable[[], object]],
        before: Callable[[], object] = lambda: None,
    ) -> None:
        runs = {"interlock": ours, **others}
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
        for _ in range(self.rounds + 1):
            for name, call in runs.items():
                before()
                start = (time.perf_counter(), processor_time())
                call()
                times[name].append((time.perf_counter() - start[0], processor_time() - start[1]))
        # The first round warms the caches and is not counted.
        passed = {name: statistics.median(wall for wall, _ in pairs[1:]) for name, pairs in times.items()}
        worked = {name: statistics.median(cpu for _, cpu in pairs[1:]) for name, pairs in times.items()}
        print(f"\n{title}")
        for name in runs:
            spent = f"{passed[name] * 1000:8.0f} ms, {worked[name] * 1000:6.0f} ms of processor time"
            ratios = [f"{medians['interlock'] / medians[name]:.2f}x" for medians in (passed, worked)]
            compared = "" if name == "interlock" else f"   interlock takes {ratios[0]}, {ratios[1]} of processor time"
            print(f"  {name:<34} {spent}{compared}")

    def interlock(self, *arguments: str) -> None:
        script = Path(sys.executable).with_name("interlock")
        run([str(script), *arguments], cwd=self.project if self.project.is_dir() else None)


def processor_time() -> float:
    """Seconds that all programs run so far have used: what to compare while the machine does other things as well."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(command: list[str], cwd: Path | None = None) -> None:
    # As for most users: byte code is written once and then read.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}\n{done.stdout}{done.stderr}")


def bare_install(records_file: str, target: str) -> None:
    """The bare engine: records straight into rattler's installer."""
    import asyncio

    from rattler import PrefixRecord, install

    records = []
    for path in json.loads(Path(records_file).read_text()):
        if Path(path).name.startswith(("interlock", "history")):
            continue
        records.append(PrefixRecord.from_path(Path(path)))
    asyncio.run(install(records, Path(target)))


def bare_solve(channel: str, *specs: str) -> None:
    """The bare engine: specs straight into rattler's solver."""
    import asyncio

    from rattler import VirtualPackage, solve

    os.environ.setdefault("CONDA_OVERRIDE_CUDA", "13.0")
    virtual = [package.into_generic() for package in VirtualPackage.detect()]
    asyncio.run(solve([channel], list(specs), platforms=["linux-64", "noarch"], virtual_packages=virtual))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare-install"]:
        bare_install(*sys.argv[2:])
        # py-rattler 0.28 can abort while the interpreter ends; the engine's work is done by then.
        os._exit(0)
    elif sys.argv[1:2] == ["--bare-solve"]:
        bare_solve(*sys.argv[2:])
        os._exit(0)
    else:
        main()
