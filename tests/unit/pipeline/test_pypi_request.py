from __future__ import annotations

from collections.abc import Sequence

import pytest
from packaging.utils import canonicalize_name

from interlock.pipeline.pypi_request import Repairing, with_additions
from interlock.resolve.uv.errors import NoResolutionError
from interlock_hooks.types import (
    Finding,
    Index,
    IndexRoute,
    InterlockError,
    PyPIAdditions,
    PyPIRequest,
    PythonTarget,
    Repair,
    Requirement,
    Resolution,
)
from kit.engines import package

PYTHON = PythonTarget(version="3.12.7", platform="linux-64")
TORCH = Requirement(name=canonicalize_name("torch"), text="torch")
REQUEST = PyPIRequest(environment="default", python=PYTHON, root="/project", requirements=(TORCH,))


def route(backend: str, *names: str) -> IndexRoute:
    """A way of packages, by default of torch alone, to the index of a backend."""
    index = Index(url=f"https://torch.example/{backend}", explicit=True)
    return IndexRoute(index=index, names=frozenset(map(canonicalize_name, names or ("torch",))))


def repair(backend: str) -> Repair:
    finding = Finding(code="IL520", what=f"by {backend}")
    return Repair(additions=PyPIAdditions(routes=(route(backend),)), finding=finding)


def resolver(
    offered: Sequence[str], code: str = "IL310", *, usual: str | None = "2.9.0"
) -> tuple[list[str], Repairing]:
    """A resolver for which only some backends have a torch, and the usual index may; the calls are recorded."""
    calls: list[str] = []

    def resolve(request: PyPIRequest) -> Resolution:
        backend = request.routes[0].index.url.rsplit("/", 1)[-1] if request.routes else ""
        calls.append(backend)
        if not backend and usual is None:
            raise NoResolutionError(Finding(code="IL310", what="nothing in the usual index"))
        if backend and backend not in offered:
            raise InterlockError(Finding(code=code, what=f"nothing in {backend}"))
        return Resolution(python=PYTHON, packages=(package("torch", f"2.6.0+{backend}" if backend else usual),))

    def repairs(resolution: Resolution, failure: Finding | None) -> list[Repair]:
        if failure is not None:
            assert resolution.packages == ()
            return [repair("cu126"), repair("cu124")]
        torch = resolution.get("torch")
        return [repair("cu124"), repair("cu121")] if torch is not None and torch.version == "2.9.0" else []

    return calls, Repairing(resolve, repairs)


def test_the_first_repair_that_can_be_resolved_is_taken_and_kept() -> None:
    calls, repairing = resolver(["cu121"])
    assert repairing(REQUEST).packages[0].version == "2.6.0+cu121"
    assert repairing(REQUEST).packages[0].version == "2.6.0+cu121"
    assert calls == ["", "cu124", "cu121", "cu121"]
    (finding,) = repairing.findings
    assert finding.what == "by cu121"
    assert finding.details == ("torch: 2.9.0 → 2.6.0+cu121",)


def test_without_a_repair_that_works_the_resolution_stays_and_that_is_said() -> None:
    calls, repairing = resolver([])
    assert repairing(REQUEST).packages[0].version == "2.9.0"
    assert repairing(REQUEST).packages[0].version == "2.9.0"
    assert calls == ["", "cu124", "cu121", ""]
    (finding,) = repairing.findings
    assert finding.code == "IL521"
    assert finding.details == ("by cu124: nothing in cu124", "by cu121: nothing in cu121")


def test_a_repair_is_tried_where_there_is_no_resolution() -> None:
    calls, repairing = resolver(["cu124"], usual=None)
    assert repairing(REQUEST).packages[0].version == "2.6.0+cu124"
    assert repairing(REQUEST).packages[0].version == "2.6.0+cu124"
    assert calls == ["", "cu126", "cu124", "cu124"]
    (finding,) = repairing.findings
    assert (finding.what, finding.details) == ("by cu124", ())


def test_where_no_repair_helps_the_first_failure_is_told() -> None:
    calls, repairing = resolver([], usual=None)
    with pytest.raises(NoResolutionError, match="nothing in the usual index"):
        repairing(REQUEST)
    assert calls == ["", "cu126", "cu124"]
    assert repairing.findings == ()


def test_an_index_that_does_not_answer_ends_the_attempts() -> None:
    calls, repairing = resolver([], "IL303")
    repairing(REQUEST)
    assert calls == ["", "cu124"]
    assert [finding.code for finding in repairing.findings] == ["IL521"]


def test_what_plugins_add_comes_after_what_is_asked_for() -> None:
    first = PyPIAdditions(constraints=("a<1",), indexes=(Index(url="https://one.example"),), routes=(route("cu126"),))
    second = PyPIAdditions(requirements=(TORCH,), overrides=("b>1",), routes=(route("cpu", "torch", "triton"),))
    found = with_additions(REQUEST, [first, second])
    assert found.requirements == (TORCH, TORCH)
    assert (found.constraints, found.overrides) == (("a<1",), ("b>1",))
    assert [index.url for index in found.options.indexes] == ["https://one.example"]
    assert found.routes == (route("cu126"), route("cpu", "triton"))


def test_a_route_holds_however_its_names_are_spelled() -> None:
    spelled = IndexRoute(index=route("cpu").index, names=frozenset({"Torch_Vision"}))  # type: ignore[arg-type]
    assert with_additions(REQUEST, [PyPIAdditions(routes=(spelled,))]).routes == (route("cpu", "torch-vision"),)


def test_a_route_of_a_repair_takes_the_place_of_the_one_that_was_there() -> None:
    before = with_additions(REQUEST, [PyPIAdditions(routes=(route("cu130", "torch", "triton"),))])
    assert with_additions(before, [PyPIAdditions(routes=(route("cpu", "torch", "triton"),))]).routes == (
        route("cpu", "torch", "triton"),
    )
    assert with_additions(before, [repair("cu124").additions]).routes == (route("cu124"), route("cu130", "triton"))
