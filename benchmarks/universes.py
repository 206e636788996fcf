"""The joint solve against brute force in many random universes: ``python benchmarks/universes.py [NUMBER] [FIRST]``.

Prints how often a solution that exists was found, and how many runs of uv that took.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from interlock.core.codes import URL_OF_PROVIDED
from interlock.resolve.joint.search import UnsolvableError
from interlock.resolve.uv import compile as resolver
from interlock_hooks.types import InterlockError, PyPIRequest, Resolution
from kit.random_universe import wide_universe
from kit.solved_universe import solve_universe

_runs: Counter[str] = Counter()


def _counting(request: PyPIRequest) -> Resolution:
    _runs["uv"] += 1
    return _resolve(request)


_resolve = resolver.resolve
resolver.resolve = _counting


def examine(seed: int) -> str:
    universe = wide_universe(seed)
    exists = universe.solvable()
    with tempfile.TemporaryDirectory() as folder:
        try:
            joint = solve_universe(universe, Path(folder))
        except InterlockError as error:
            if exists:
                return "missed"
            known = isinstance(error, UnsolvableError) or error.findings[0].code == URL_OF_PROVIDED
            return "rightly refused" if known else "gave up where there is nothing"
    conda = {record.name: record.version for record in joint.conda.records}
    pypi = {str(package.name): package.version for package in joint.resolution.packages}
    if not universe.works(conda, pypi):
        return "wrong"
    if not exists:
        return "found by asking conda for more" if joint.also else "wrong"
    return "found after a conflict" if joint.nogoods else "found at once"


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    results: Counter[str] = Counter()
    for seed in range(first, first + number):
        result = examine(seed)
        results[result] += 1
        if result in ("missed", "wrong"):
            print(f"universe {seed}: {result}")
    for result, count in results.most_common():
        print(f"{count:6} {result}")
    solvable = results["found at once"] + results["found after a conflict"] + results["missed"]
    print(f"{100 * (1 - results['missed'] / solvable):.2f} % of {solvable} solvable universes solved")
    print(f"{_runs['uv'] / number:.2f} runs of uv for each universe")


if __name__ == "__main__":
    main()
