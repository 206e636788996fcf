"""Solving conda again for the sake of PyPI: what is fixed, and that fixing it loses no solution."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.engines.rattler.solver import solve
from interlock_hooks.types import CondaRequest
from kit.solved_universe import request_in, solve_request
from kit.universe import Package, Range, Universe


def both(version: str, *needs: Range) -> Package:
    return Package("both0", version, needs=needs, python="3.12", supplies=(("both0", version),))


def lib(name: str, version: str, *needs: Range) -> Package:
    return Package(name, version, needs=needs)


OTHERS = (lib("lib8", "1.0"), lib("lib9", "2.0", ("lib8", "")))
# PyPI wants the older one, whose neighbour has to be older as well.
NEIGHBOUR = (both("2.0", ("lib0", ">=2")), both("1.0", ("lib0", "<2")), lib("lib0", "2.0"), lib("lib0", "1.0"))
# The neighbour's neighbour has to be older.
FAR = (
    *(both("2.0", ("lib0", ">=2")), both("1.0", ("lib0", "<2"))),
    *(lib("lib0", "2.0", ("lib1", ">=2")), lib("lib0", "1.0", ("lib1", "<2")), lib("lib1", "2.0"), lib("lib1", "1.0")),
)
# Nothing needs the neighbour's neighbour any more.
SPARE = (both("2.0", ("lib0", "")), both("1.0"), lib("lib0", "1.0", ("lib1", "")), lib("lib1", "1.0"))


@pytest.mark.parametrize(
    ("conda", "solves", "expected"),
    [
        (NEIGHBOUR, 2, {"both0": "1.0", "lib0": "1.0"}),
        (FAR, 3, {"both0": "1.0", "lib0": "1.0", "lib1": "1.0"}),
        (SPARE, 3, {"both0": "1.0"}),
    ],
)
def test_most_is_fixed_unless_that_has_no_solution(
    conda: tuple[Package, ...], solves: int, expected: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[CondaRequest] = []
    monkeypatch.setattr("interlock.engines.rattler.solver.solve", lambda each: (asked.append(each), solve(each))[1])
    app = Package("app0", "1.0", needs=(("both0", "<2"),))
    universe = Universe((*conda, *OTHERS), (app,), (("both0", ""), ("lib9", "")), (("app0", ""),))
    joint, _ = solve_request(request_in(universe, tmp_path))
    found = {record.name: record.version for record in joint.conda.records if record.name != "python"}
    assert found == expected | {"lib8": "1.0", "lib9": "2.0"}
    assert len(asked) == solves
    assert "lib8 ==1.0 0" in [spec.spec for spec in asked[1].specs]
