"""Making an environment of 40 conda packages from nothing, against conda's own `create`.

    CONDA_EXE=BASE/bin/conda python benchmarks/conda_create.py [--rounds 5] [--work DIR] [--json]

Needs a conda, and no network: the packages are those of installing.py, served on loopback. conda solves with rattler if
it has that solver (conda-rattler-solver), as Interlock does, else with its default one. Both sides solve and link; once
with all caches, and once without any, where each answer takes 20 ms to begin, at 50 MB/s.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from comparing import Row, compare, parser_of, run, run_alone
from installing import BIN, FAR, own, prefix_of, remove, write_project
from served import Packages, packages

if TYPE_CHECKING:
    from pathlib import Path

CONDA = os.environ.get("CONDA_EXE") or shutil.which("conda") or ""
TARGET = 0.5


def main() -> None:
    parser = parser_of(__doc__, rounds=5)
    options = parser.parse_args()
    if not CONDA:
        parser.error("there is no conda: set CONDA_EXE")
    run_alone(options, lambda work: measure(work, options.rounds))


def measure(work: Path, rounds: int) -> list[Row]:
    """Rows with and without caches."""
    caches = work / "caches"
    work.mkdir(parents=True, exist_ok=True)
    with own(caches), packages(work / "packages", FAR) as served:
        both = Both(work / "create", served, caches)
        warm = both.against_conda("create, warm caches", rounds)
        cold = both.against_conda("create, 20 ms, 50 MB/s", rounds, without=caches)
    return [*warm, *cold]


class Both:
    """The same packages, solved and linked by Interlock and by conda."""

    def __init__(self, work: Path, served: Packages, caches: Path) -> None:
        self._served = served
        self._project = work / "project"
        self._target = work / "conda" / "prefix"
        self._settings = {
            "CONDA_PKGS_DIRS": str(caches / "conda"),
            "XDG_CACHE_HOME": str(caches / "xdg"),
            "CONDA_NUMBER_CHANNEL_NOTICES": "0",
            # The channel has no pip.
            "CONDA_ADD_PIP_AS_PYTHON_DEPENDENCY": "false",
        }
        write_project(self._project, served, [f'{name} = "*"' for name in served.conda], [])

    def against_conda(self, work: str, rounds: int, without: Path | None = None) -> list[Row]:
        """Both from nothing, and without what is cached in a folder if one is given."""

        def before() -> None:
            (self._project / "interlock.lock").unlink(missing_ok=True)
            for path in (prefix_of(self._project), self._target, *([without] if without else [])):
                remove(path)

        name = f"conda create --solver {_solver()}"
        return compare(
            work, self._by_interlock, {name: (self._by_conda, TARGET)}, rounds=rounds, by="wall", before=before
        )

    def _by_interlock(self) -> None:
        run([str(BIN / "interlock"), "env", "install"], cwd=self._project)

    def _by_conda(self) -> None:
        place = ["--yes", "--quiet", "--prefix", str(self._target), "--override-channels", "-c", self._served.channel]
        command = [CONDA, "create", *place, "--solver", _solver(), "python", *self._served.conda]
        done = subprocess.run(
            command, env={**os.environ, **self._settings}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)


def _solver() -> str:
    told = subprocess.run([CONDA, "create", "--help"], capture_output=True, text=True, check=True).stdout
    return "rattler" if "rattler" in told else "libmamba"


if __name__ == "__main__":
    main()
