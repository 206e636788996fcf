"""The joint solve against brute force in random universes; ``benchmarks/universes.py`` tries many more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from interlock.core.codes import URL_OF_PROVIDED
from interlock.resolve.joint.search import Joint, UnsolvableError
from interlock_hooks.types import InterlockError
from kit.random_universe import random_universe, wide_universe
from kit.solved_universe import solve_universe
from kit.universe import Universe

# Solved after a conflict or by asking conda for more, missed once because one subdir of a channel hid another, answered
# wrongly because what moved to PyPI was only required under a marker, and some for luck.
TELLING = (2000, 2026, 2031, 2032, 2036, 2053, 2058, 2072, 2099, 2108, 10472, 20236)
# A conflict beside a source tree, what a source tree supplies turned out to be supplied by conda as well, and a package
# of which only the record says what it supplies.
WIDE = (30016, 30026, 60577, *range(30000, 30012))
SEEDS = [(random_universe, seed) for seed in (*TELLING, *range(2001, 2010))] + [(wide_universe, seed) for seed in WIDE]


@pytest.mark.parametrize(("made", "seed"), SEEDS)
def test_a_solution_is_found_where_there_is_one_and_it_holds(
    made: Callable[[int], Universe], seed: int, tmp_path: Path
) -> None:
    universe = made(seed)
    joint = _solved(universe, tmp_path)
    if joint is None:
        assert not universe.solvable()
        return
    conda = {record.name: record.version for record in joint.conda.records}
    pypi = {str(package.name): package.version for package in joint.resolution.packages}
    assert universe.works(conda, pypi)
    # conda may be asked for more than the manifest asks it for, which brute force does not try.
    assert universe.solvable() or joint.also


def _solved(universe: Universe, folder: Path) -> Joint | None:
    try:
        return solve_universe(universe, folder)
    except UnsolvableError:
        return None
    except InterlockError as error:
        # conda cannot do without what comes from a source.
        if error.findings[0].code != URL_OF_PROVIDED:
            raise
        return None
