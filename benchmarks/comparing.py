"""Programs side by side: run in turns, so that another load on the machine meets both, and their medians compared."""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Measure = Literal["wall", "cpu"]


@dataclass(frozen=True)
class Spent:
    """Medians, in milliseconds, and the longest wall time."""

    wall: float
    cpu: float
    longest: float


@dataclass(frozen=True)
class Row:
    """What Interlock took, what another one took, and how much of that Interlock may take, by wall or CPU time.

    ``never_over`` is a limit in milliseconds for each single run.
    """

    work: str
    ours: Spent
    against: str
    theirs: Spent
    target: float | None
    by: Measure
    never_over: float | None = None

    def ratio(self, by: Measure) -> float:
        return float(getattr(self.ours, by) / getattr(self.theirs, by))

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        in_time = self.never_over is None or self.ours.longest <= self.never_over
        return "pass" if in_time and self.ratio(self.by) <= self.target else "short"

    def as_dict(self) -> dict[str, object]:
        ratios = {"wall": round(self.ratio("wall"), 2), "cpu": round(self.ratio("cpu"), 2)}
        return {**asdict(self), "ratio": ratios, "verdict": self.verdict}


def compare(
    work: str,
    ours: Callable[[], object],
    others: Mapping[str, tuple[Callable[[], object], float | None]],
    *,
    rounds: int,
    by: Measure = "cpu",
    before: Callable[[], object] = lambda: None,
    never_over: float | None = None,
    clock: Callable[[], float] | None = None,
) -> list[Row]:
    """A row for each of the ``others``, which come with their targets. The first round warms caches and is left out."""
    clock = clock or processor_time
    runs = {"": ours, **{name: call for name, (call, _) in others.items()}}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(rounds + 1):
        for name, call in runs.items():
            before()
            start = (time.perf_counter(), clock())
            call()
            times[name].append((time.perf_counter() - start[0], clock() - start[1]))
    spent = {name: _medians(pairs[1:]) for name, pairs in times.items()}
    return [Row(work, spent[""], name, spent[name], target, by, never_over) for name, (_, target) in others.items()]


def _medians(pairs: Iterable[tuple[float, float]]) -> Spent:
    walls, cpus = zip(*pairs, strict=True)
    return Spent(
        *(round(seconds * 1000, 1) for seconds in (statistics.median(walls), statistics.median(cpus), max(walls)))
    )


def parser_of(text: str | None, *, rounds: int) -> argparse.ArgumentParser:
    """A parser with the options of a benchmark that is run alone; ``text`` says what it is."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=rounds, help=f"measured runs of each side ({rounds})")
    parser.add_argument("--work", type=Path, help="keep the packages and caches here (default: a temporary directory)")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    return parser


def run_alone(options: argparse.Namespace, measure: Callable[[Path], Iterable[Row]]) -> None:
    """Print what is measured in the directory that the options name, or in one of the moment."""
    with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as temporary:
        rows = measure((options.work or Path(temporary)).absolute())
    show(rows, as_json=options.json)


def show(rows: Iterable[Row], *, as_json: bool) -> None:
    """Print rows as a table, or as one JSON document."""
    if as_json:
        print(json.dumps([row.as_dict() for row in rows], indent=2))
        return
    print(f"{'work':<38} {'ms (CPU)':>16}  {'against':<34} {'ms (CPU)':>16}  {'ratio (CPU)':>15}  target")
    for row in rows:
        ours, theirs = (f"{spent.wall:.0f} ({spent.cpu:.0f})" for spent in (row.ours, row.theirs))
        ratio = f"{row.ratio('wall'):.2f}x ({row.ratio('cpu'):.2f}x)"
        limit = "" if row.never_over is None else f", each <= {row.never_over / 1000:g} s"
        target = "" if row.target is None else f"{row.by} <= {row.target}x{limit}: {row.verdict}"
        print(f"{row.work:<38} {ours:>16}  {row.against:<34} {theirs:>16}  {ratio:>15}  {target}")


def processor_time() -> float:
    """Seconds that all programs run so far have used: what to compare while the machine does other things as well."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def processor_time_with_own() -> float:
    """The same with what this process has used itself, which does the work or a part of it."""
    return processor_time() + time.process_time()


def run(command: list[str], cwd: Path | None = None) -> None:
    """Run a program; end with what it printed if it fails."""
    # As for most users: byte code is written once and then read.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
