from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from interlock.cuda.backend import backend_repairs, torch_route
from interlock.cuda.plugin import CudaPlugin
from interlock_hooks.types import CondaSolution, Finding, PyPIAdditions, Requirement

from .environments import built, conda, findings, request, resolution, wheel

TORCH_130 = wheel("torch", "2.9.0+cu130")


def backends(solution: CondaSolution, torch: Any = TORCH_130, **options: Any) -> list[str]:
    asked = replace(request(), torch_backend="auto", **options)
    repairs = backend_repairs(resolution(torch), solution, asked)
    return [route.index.url.rsplit("/", 1)[-1] for repair in repairs for route in repair.additions.routes]


@pytest.mark.parametrize(
    ("solution", "first"),
    [
        # Without a toolkit the newest that the driver fully supports.
        (conda(driver="12.4"), ["cu124", "cu121"]),
        (conda(driver="12.7", origin="override"), ["cu126", "cu124"]),
        # With one its own release, then the nearest; never what the driver is too old for.
        (conda("cuda-nvcc 12.4.131", driver="12.8"), ["cu124", "cu126", "cu121"]),
        (conda("cuda-nvcc 12.5.82"), ["cu126", "cu124"]),
        (conda("cuda-nvcc 12.8.93", driver="12.6"), ["cu126", "cu124"]),
    ],
)
def test_the_order_of_backends(solution: CondaSolution, first: list[str]) -> None:
    found = backends(solution)
    assert found[: len(first)] == first
    assert all(name < "cu130" for name in found)


@pytest.mark.parametrize(
    "solution",
    [
        conda(driver="13.0"),
        conda("cuda-nvcc 13.2.86", driver="13.2"),
        # Nothing is declared, and the GPU of this machine does not count.
        conda(),
        conda(driver="12.4", origin="detected"),
    ],
)
def test_what_fits_stays(solution: CondaSolution) -> None:
    assert backends(solution) == []


def test_only_torch_that_may_come_from_elsewhere_is_moved() -> None:
    solution = conda(built("pytorch", "2.9.0", "cuda130_0"), driver="12.4")
    assert backends(solution, wheel("torch", "2.6.0+cpu")) == []
    for own in ({"index": "mine"}, {"text": "torch @ https://example.org/torch.whl"}):
        required = Requirement(name="torch", **{"text": "torch", **own})  # type: ignore[arg-type]
        assert backends(solution, requirements=(required,)) == []
    asked = replace(request(), torch_backend="auto")
    provided = resolution(provided={"torch 2.9.0": "pytorch"})
    assert backend_repairs(provided, solution, asked) == []


def test_a_repair_says_what_it_does() -> None:
    asked = replace(request(torch_index="/mirror/{backend}/simple"), torch_backend="auto")
    (first, *_) = backend_repairs(resolution(TORCH_130), conda("cuda-nvcc 12.4.131"), asked)
    assert first.finding.code == "IL520"
    assert "torch 2.9.0+cu130 was built for CUDA 13.0, but the toolkit is CUDA 12.4" in first.finding.why
    assert "/mirror/cu124/simple" in first.finding.fix
    assert first.finding.where.line == 10  # type: ignore[union-attr]


def rescues(said: str, solution: CondaSolution, *, supplied: bool = False, **options: Any) -> list[str]:
    asked = replace(request(), torch_backend="auto", **options)
    nothing = resolution(provided={"torch 2.9.0": "pytorch"} if supplied else None)
    failure = Finding(code="IL310", what="no solution", why=said)
    found = CudaPlugin().interlock_repair_resolution(nothing, solution, asked, failure)
    return [route.index.url.rsplit("/", 1)[-1] for repair in found for route in repair.additions.routes]


def test_where_nothing_could_be_resolved_a_version_names_its_backend() -> None:
    assert rescues("no version of torch==2.6.0+cu124", conda()) == ["cu124"]
    assert rescues("no version of torchvision==0.21.0+cpu", conda(driver="12.4")) == ["cpu"]
    # The driver is too old for it: the refusal stays.
    assert rescues("no version of torch==2.9.0+cu130", conda(driver="12.4")) == []


def test_where_nothing_could_be_resolved_what_is_declared_names_backends() -> None:
    assert rescues("no version of torch<2.7", conda(driver="12.4"))[:2] == ["cu124", "cu121"]
    assert rescues("no version of torch<2.7", conda()) == []
    assert rescues("no version of numpy<1", conda(driver="12.4")) == []
    assert rescues("torch==2.9.0 depends on numpy", conda(driver="12.4"), supplied=True) == []
    placed = (Requirement(name=TORCH_130.name, text="torch<2.7", index="mine"),)
    assert rescues("no version of torch<2.7", conda(driver="12.4"), requirements=placed) == []


def additions(backend: str | None) -> PyPIAdditions | None:
    return None if backend is None else PyPIAdditions(routes=(torch_route(backend, {}),))


@pytest.mark.parametrize(("backend", "added"), [("cu124", "cu124"), ("cpu", "cpu"), ("auto", None), ("off", None)])
def test_backends_by_name(backend: str, added: str | None) -> None:
    said = CudaPlugin().interlock_pypi_request(replace(request(), torch_backend=backend))
    assert said == additions(added)


@pytest.mark.parametrize(("backend", "added"), [("cu124", None), ("cpu", "cpu")])
def test_macos_only_has_builds_for_the_cpu(backend: str, added: str | None) -> None:
    asked = replace(request(), platform="osx-arm64", torch_backend=backend)
    assert CudaPlugin().interlock_pypi_request(asked) == additions(added)


def test_the_address_is_pytorchs_unless_the_manifest_has_a_mirror() -> None:
    assert torch_route("cu124", {}).index.url == "https://download.pytorch.org/whl/cu124"
    mirrored = torch_route("cpu", {"cuda": {"torch-index": "https://mirror.example/{backend}"}})
    assert mirrored.index.url == "https://mirror.example/cpu"
    assert {"torch", "torchvision", "triton"} <= mirrored.names


def test_auto_says_when_it_has_nothing_to_go_by() -> None:
    asked = replace(request(), torch_backend="auto")
    assert list(findings(resolution(TORCH_130), conda(), asked=asked)) == ["IL522"]
    assert "IL522" not in findings(resolution(TORCH_130), conda(driver="13.0"), asked=asked)
