"""Measures Interlock against the bare engines, side by side in one run, and prints the ratios.

    make benchmarks            # or: python benchmarks/run.py [--rounds 5] [--work DIR] [--json]

Needs the network once, for the packages of the project below; all measured runs find warm caches. Each pair is run in
turns, so that another load on the machine meets both; the medians are compared.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import installing
import solving
from comparing import Row, compare, run, show
from starts import measure

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
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument("--records", type=int, default=500_000, help="size of the large channel, 2000 or more (500000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as temporary:
        work = (options.work or Path(temporary)).absolute()
        bench = Bench(work, options.rounds, cuda=options.cuda)
        bench.prepare()
        starts = measure(bench.project, max(options.rounds, 15), "numpy")
        rows = [*starts, *bench.noop(), *bench.lock(), *bench.relock()]
        rows += installing.measure(work / "installing", options.rounds)
        rows += solves(Path(temporary), options.rounds, options.records)
    show(rows, as_json=options.json)


def solves(work: Path, rounds: int, records: int) -> list[Row]:
    """The joint solve, and what a conflict costs."""
    folders = [work / name for name in ("small", "conflict", "large")]
    for folder in folders:
        folder.mkdir()
    return [
        *solving.rounds(folders[0], rounds),
        *solving.conflict(folders[1], rounds),
        *solving.large(folders[2], rounds, records),
    ]


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

    def noop(self) -> list[Row]:
        """(a) Nothing to do."""
        python = self.prefix / "bin" / "python"
        command = [self.uv, "pip", "install", "-q", "--python", str(python), *REQUIREMENTS]
        return compare(
            "env install",
            lambda: self.interlock("env", "install"),
            {"no-op uv pip install": (lambda: run(command, cwd=self.bare), None)},
            rounds=self.rounds,
        )

    def lock(self) -> list[Row]:
        """(b) Solve and resolve from warm caches, without an old lock."""
        specs = ["python", *(["cuda-nvcc 13.*"] if self.cuda else [])]

        def engines() -> None:
            script = str(Path(__file__).with_name("bare_solve.py"))
            run([sys.executable, script, self.channel.as_uri(), *specs])
            compile_ = ["pip", "compile", "-q", "--python", sys.executable, "--format", "pylock.toml"]
            run([self.uv, *compile_, "requirements.in", "-o", "fresh/pylock.toml"], cwd=self.bare)

        def clear() -> None:
            (self.project / "interlock.lock").unlink(missing_ok=True)
            shutil.rmtree(self.bare / "fresh", ignore_errors=True)
            (self.bare / "fresh").mkdir()

        return compare(
            "lock, warm caches",
            lambda: self.interlock("env", "lock"),
            {"rattler solve + uv pip compile": (engines, 1.15)},
            rounds=self.rounds,
            before=clear,
        )

    def relock(self) -> list[Row]:
        """(d) One small package more, against solving all of it from nothing."""
        manifest, lock = self.project / "pyproject.toml", self.project / "interlock.lock"
        before = manifest.read_text()
        self.interlock("env", "lock")
        known = lock.read_bytes()

        def again() -> None:
            lock.write_bytes(known)
            self.interlock("env", "lock")

        def full() -> None:
            lock.unlink(missing_ok=True)
            self.interlock("env", "lock")

        manifest.write_text(before.replace('"einops"', '"einops", "toolz"'))
        try:
            return compare("lock, one package more", again, {"lock from nothing": (full, 0.5)}, rounds=self.rounds)
        finally:
            manifest.write_text(before)

    def interlock(self, *arguments: str) -> None:
        script = Path(sys.executable).with_name("interlock")
        run([str(script), *arguments], cwd=self.project if self.project.is_dir() else None)


if __name__ == "__main__":
    main()
