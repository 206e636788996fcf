from __future__ import annotations

from dataclasses import replace

from interlock.engines.rattler.unsolvable import Market, unsolvable
from interlock_hooks.types import CondaRequest, CondaSpec, Location

HERE = Location(file="pixi.toml", line=4, key="dependencies.scipy")
REQUEST = CondaRequest(
    environment="gpu",
    platform="linux-64",
    channels=("c",),
    specs=(CondaSpec(spec="scipy >=1", where=HERE), CondaSpec(spec="torch", origin="my-plugin")),
    constraints=(CondaSpec(spec="numpy >=2", origin="PyPI requirement of app"),),
)
PREFACE = "Cannot solve the request because of: "


def market(**versions: list[str]) -> Market:
    return Market(versions=lambda name: versions.get(name, []), names=lambda: list(versions), too_new=lambda *_: False)


def test_a_constraint_is_named_with_its_origin() -> None:
    text = (
        f"{PREFACE}The following packages are incompatible\n"
        "└─ scipy >=1 can be installed with any of the following options:\n"
        "   └─ scipy 1.0 would require\n"
        "      └─ numpy <2, which can be installed with any of the following options:\n"
        "         └─ numpy 1.0\n"
        "└─ the constraint numpy >=2 cannot be fulfilled\n\n"
    )
    finding = unsolvable(text, REQUEST, market())
    assert finding.what == "the conda packages of environment gpu cannot be installed together on linux-64"
    assert finding.why == "scipy, numpy conflict with each other"
    assert finding.where is None
    assert "  numpy >=2  (PyPI requirement of app)" in finding.details
    assert "  scipy >=1  (manifest, pixi.toml:4 (dependencies.scipy))" in finding.details
    assert not any(PREFACE.strip() in line for line in finding.details)


def test_ranges_of_one_package_that_exclude_each_other() -> None:
    text = (
        f"{PREFACE}The following packages are incompatible\n"
        "└─ python 3.11.* can be installed with any of the following options:\n"
        "   └─ python 3.11.7\n"
        "└─ the constraint python 3.9.* cannot be fulfilled\n\n"
    )
    pinned = CondaSpec(spec="python 3.11.*", where=HERE)
    request = replace(REQUEST, specs=(pinned,), constraints=(CondaSpec(spec="python 3.9.*", origin="--matrix"),))
    finding = unsolvable(text, request, market(python=["3.11.7"]))
    assert finding.why == "nothing meets python 3.11.* and python 3.9.*; available: 3.11.7"
    assert "  python 3.9.*  (--matrix)" in finding.details


def test_a_missing_dependency() -> None:
    text = (
        f"{PREFACE}scipy >=1 cannot be installed because there are no viable options:\n"
        "└─ scipy 1.0 would require\n"
        "   └─ blas >=3, for which no candidates were found.\n"
    )
    finding = unsolvable(text, REQUEST, market(blas=[str(number) for number in range(20)]))
    assert finding.why == "no channel has blas >=3; available: 0, 1, 2, 3, 4, 5, 6, 7, …"
    assert finding.where == HERE


def test_an_unknown_machine_property_has_no_invented_fix() -> None:
    text = (
        f"{PREFACE}torch * cannot be installed:\n"
        "└─ torch 1 would require\n"
        "   └─ __mpi >=4, for which no candidates were found."
    )
    finding = unsolvable(text, REQUEST, market())
    assert "__mpi" in finding.why
    assert finding.fix == ""


def test_a_text_of_another_form_is_still_shown() -> None:
    finding = unsolvable("something new", REQUEST, market())
    assert finding.code == "IL210"
    assert finding.why
    assert finding.details == ("something new",)
