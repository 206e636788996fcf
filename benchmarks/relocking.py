"""Locking 40 conda packages and 66 from PyPI, against the bare engines, and locking again with one package more.

    python benchmarks/relocking.py [--rounds 5] [--records 500000] [--work DIR] [--json]

Needs no network: the packages are those of installing.py, served on loopback. All is done on the channel of 40 packages
and on the same with so many records more, which nobody asks for. Caches are warm, unless a row says otherwise.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

from comparing import Row, compare, parser_of, run, run_alone
from installing import BIN, FAR, own, write_project
from served import Packages, packages

# The interpreter of the channel and the oldest Linux that Interlock locks for, as uv calls them.
TARGET = ("--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_28")


def main() -> None:
    parser = parser_of(__doc__, rounds=5)
    parser.add_argument("--records", type=int, default=500_000, help="records of the large channel (500000)")
    options = parser.parse_args()
    run_alone(options, lambda work: measure(work, options.rounds, options.records))


def measure(work: Path, rounds: int, records: int) -> list[Row]:
    """Rows for both channels."""
    work.mkdir(parents=True, exist_ok=True)
    with own(work / "caches"), packages(work / "packages", FAR, records) as served:
        small, large = Locks(work / "small", served, served.channel), Locks(work / "large", served, served.large)
        return [
            *small.against_engines("lock", rounds),
            *small.one_more("lock, one package more", rounds),
            *small.one_more_than_cold("lock, one package more", rounds),
            *large.against_engines(f"lock, {records:,} records", rounds),
            *large.one_more(f"one package more, {records:,} records", rounds),
        ]


class Locks:
    """A project, locked by Interlock and by the two engines on their own."""

    def __init__(self, folder: Path, served: Packages, channel: str) -> None:
        self._served = served
        self._channel = channel
        self._project = folder / "project"
        self._lock = self._project / "interlock.lock"
        self._bare = folder / "bare"
        self._cold = (folder / f"caches-{number}" for number in count())
        self._bare.mkdir(parents=True, exist_ok=True)
        (self._bare / "requirements.in").write_text("\n".join(served.pypi))
        self._ask(served.pypi[:-1])
        self._from_nothing()
        self._known = self._lock.read_bytes()
        self._ask(served.pypi)

    def against_engines(self, work: str, rounds: int) -> list[Row]:
        engines = {"rattler solve + uv pip compile": (self._by_engines, 1.15)}
        return compare(work, self._from_nothing, engines, rounds=rounds)

    def one_more(self, work: str, rounds: int) -> list[Row]:
        return compare(work, self._again, {"lock from nothing": (self._from_nothing, 0.5)}, rounds=rounds)

    def one_more_than_cold(self, work: str, rounds: int) -> list[Row]:
        cold = {"lock from nothing, no caches": (self._without_caches, 0.5)}
        return compare(work, self._again, cold, rounds=rounds, by="wall")

    def _ask(self, pypi: list[str]) -> None:
        conda = [f'{name} = "*"' for name in self._served.conda]
        write_project(self._project, replace(self._served, channel=self._channel), conda, pypi)

    def _from_nothing(self) -> None:
        self._lock.unlink(missing_ok=True)
        run([str(BIN / "interlock"), "env", "lock"], cwd=self._project)

    def _again(self) -> None:
        """With the lock of all but one package."""
        self._lock.write_bytes(self._known)
        run([str(BIN / "interlock"), "env", "lock"], cwd=self._project)

    def _without_caches(self) -> None:
        with own(next(self._cold)):
            self._from_nothing()

    def _by_engines(self) -> None:
        script = str(Path(__file__).with_name("bare_solve.py"))
        run([sys.executable, script, self._channel, "python", *self._served.conda])
        place = ["--python", sys.executable, *TARGET, "--index-url", f"{self._served.index}/"]
        (self._bare / "pylock.toml").unlink(missing_ok=True)
        form = ["--format", "pylock.toml", "-o", "pylock.toml"]
        run([str(BIN / "uv"), "pip", "compile", "-q", *place, "requirements.in", *form], cwd=self._bare)


if __name__ == "__main__":
    main()
