from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from interlock.solve.near import solved_near
from interlock_hooks.types import CondaRecord, CondaRequest, CondaSolution, CondaSpec, Finding, InterlockError


def record(name: str, *depends: str, version: str = "1.0") -> CondaRecord:
    return CondaRecord(
        name=name,
        version=version,
        build="h0",
        build_number=0,
        subdir="noarch",
        url=f"https://example.org/{name}.conda",
        file_name=f"{name}.conda",
        channel="https://example.org/",
        depends=depends,
    )


RECORDS = (
    record("python", version="3.12.1"),
    record("zlib"),
    record("blas"),
    record("numpy", "python >=3.12,<3.13.0a0", "blas 1.*", version="2!1.26"),
    record("pandas", "numpy >=1.22", "python", "dateutil"),
    record("dateutil", "python"),
)
NEAR = CondaSolution(platform="linux-64", records=RECORDS)
SPECS = (CondaSpec(spec="Pandas"), CondaSpec(spec="zlib >=1"))


def request() -> CondaRequest:
    return CondaRequest(environment="default", platform="linux-64", channels=("c",), specs=SPECS, preferred=RECORDS)


class Solver:
    """Has nothing where packages are fixed, if ``refuses``, else always the same solution."""

    def __init__(self, found: CondaSolution, *, refuses: bool = False) -> None:
        self.found = found
        self.refuses = refuses
        self.asked: list[CondaRequest] = []

    def __call__(self, request: CondaRequest) -> CondaSolution:
        self.asked.append(request)
        if self.refuses and request.specs != SPECS:
            raise InterlockError(Finding(code="IL210", what="nothing fits"))
        return self.found


def asked(*moving: str, solver: Solver, **options: Any) -> list[CondaRequest]:
    found = solved_near(solver, replace(request(), **options), NEAR, set(moving))
    assert found is solver.found
    return solver.asked


def test_what_has_nothing_to_do_with_a_package_is_fixed() -> None:
    (fixed,) = asked("numpy", solver=Solver(NEAR))
    assert fixed.specs[:2] == SPECS
    assert [spec.spec for spec in fixed.specs[2:]] == ["python ==3.12.1 h0", "zlib ==1.0 h0", "dateutil ==1.0 h0"]
    # Of the others the records are still the best.
    assert [each.name for each in fixed.preferred] == ["blas", "numpy", "pandas"]


def test_what_nobody_has_yet_lets_all_stay() -> None:
    (fixed,) = asked("attrs", solver=Solver(NEAR))
    assert len(fixed.specs) == len(SPECS) + len(RECORDS)
    assert fixed.preferred == ()


def test_nothing_is_fixed_where_the_interpreter_moves() -> None:
    assert asked("numpy", "python", solver=Solver(NEAR)) == [request()]


def test_nothing_is_fixed_where_one_of_several_may_move() -> None:
    groups = ((CondaSpec(spec="numpy <1"), CondaSpec(spec="zlib <1")),)
    assert [each.specs for each in asked("numpy", solver=Solver(NEAR), alternatives=groups)] == [SPECS]


def test_nothing_is_fixed_where_that_has_no_solution() -> None:
    assert asked("numpy", solver=Solver(NEAR, refuses=True))[1:] == [request()]


@pytest.mark.parametrize("spare", [(record("attrs"),), (record("a", "b"), record("b", "a"))])
def test_what_is_fixed_must_be_needed(spare: tuple[CondaRecord, ...]) -> None:
    solver = Solver(CondaSolution(platform="linux-64", records=(*RECORDS, *spare)))
    assert asked("numpy", solver=solver)[1:] == [request()]


def test_without_an_earlier_solution_it_is_solved() -> None:
    solver = Solver(NEAR)
    assert solved_near(solver, request(), None, ()) is NEAR
    assert solver.asked == [request()]
