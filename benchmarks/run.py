"""Measures Interlock against the bare engines, side by side in one run, and prints the ratios.

    make benchmarks            # or: python benchmarks/run.py [--rounds 5] [--work DIR] [--json]

Needs the network once, for the packages of the project below; all measured runs find warm caches. Each pair is run in
turns, so that another load on the machine meets both; the medians are compared. Where there is a conda (``CONDA_EXE``),
it is one of the others.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import conda_create
import installing
import relocking
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
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="measured runs of each side (5)")
    parser.add_argument("--work", type=Path, help="keep the project and channel here (default: a temporary directory)")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument("--records", type=int, default=500_000, help="size of the large channel, 2000 or more (500000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as temporary:
        work = (options.work or Path(temporary)).absolute()
        bench = Bench(work, options.rounds)
        bench.prepare()
        starts = measure(bench.project, max(options.rounds, 15), "numpy")
        rows = [*starts, *bench.noop(), *relocking.measure(work / "generated", options.rounds, options.records)]
        rows += installing.measure(work / "generated", options.rounds)
        rows += conda_create.measure(work / "generated", options.rounds) if conda_create.CONDA else []
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
    def __init__(self, work: Path, rounds: int) -> None:
        self.channel = work / "channel"
        self.project = work / "project"
        self.bare = work / "bare"
        self.rounds = rounds
        self.uv = str(Path(sys.executable).with_name("uv"))

    @property
    def prefix(self) -> Path:
        return self.project / ".interlock" / "envs" / "default"

    def prepare(self) -> None:
        self.interlock("channel", "build", str(self.channel), "--python")
        self.project.mkdir(parents=True, exist_ok=True)
        manifest = MANIFEST.format(requirements=json.dumps(REQUIREMENTS), channel=self.channel.as_uri())
        (self.project / "pyproject.toml").write_text(manifest)
        self.interlock("env", "install")
        self.bare.mkdir(exist_ok=True)
        (self.bare / "requirements.in").write_text("\n".join(REQUIREMENTS))
        python = self.prefix / "bin" / "python"
        run([self.uv, "pip", "compile", "-q", "--python", str(python), "requirements.in", "--format", "pylock.toml",
             "-o", "pylock.toml"], cwd=self.bare)  # fmt: skip

    def noop(self) -> list[Row]:
        """Nothing to do."""
        python = self.prefix / "bin" / "python"
        command = [self.uv, "pip", "install", "-q", "--python", str(python), *REQUIREMENTS]
        return compare(
            "env install",
            lambda: self.interlock("env", "install"),
            {"no-op uv pip install": (lambda: run(command, cwd=self.bare), None)},
            rounds=self.rounds,
        )

    def interlock(self, *arguments: str) -> None:
        script = Path(sys.executable).with_name("interlock")
        run([str(script), *arguments], cwd=self.project if self.project.is_dir() else None)


if __name__ == "__main__":
    main()
