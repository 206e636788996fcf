"""The joint solve against brute force in random universes; ``benchmarks/universes.py`` tries many more."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.resolve.joint.search import Joint, UnsolvableError
from kit.random_universe import random_universe
from kit.solved_universe import solve_universe

# Solved after a conflict or by asking conda for more, missed once because one subdir of a channel hid another, answered
# wrongly because what moved to PyPI was only required under a marker, and some for luck.
TELLING = (2000, 2026, 2031, 2032, 2036, 2053, 2058, 2072, 2099, 2108, 10472, 20236)
SEEDS = (*TELLING, *range(2001, 2010))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_solution_is_found_where_there_is_one_and_it_holds(seed: int, tmp_path: Path) -> None:
    universe = random_universe(seed)
    joint = _solved(seed, tmp_path)
    if joint is None:
        assert not universe.solvable()
        return
    conda = {record.name: record.version for record in joint.conda.records}
    pypi = {str(package.name): package.version for package in joint.resolution.packages}
    assert universe.works(conda, pypi)
    # conda may be asked for more than the manifest asks it for, which brute force does not try.
    assert universe.solvable() or joint.also


def _solved(seed: int, folder: Path) -> Joint | None:
    try:
        return solve_universe(random_universe(seed), folder)
    except UnsolvableError:
        return None
