from __future__ import annotations

from dataclasses import replace

import pytest

from interlock.solve.request import check_python, make_conda_request, python_target
from interlock_hooks.types import (
    CondaAdditions,
    CondaSolution,
    CondaSpec,
    InterlockError,
    Location,
    Severity,
    VirtualPackage,
)
from solve.conftest import record

HERE = Location(file="pyproject.toml", line=4, key="project.requires-python")


def texts(specs: tuple[CondaSpec, ...]) -> list[str]:
    return [spec.spec for spec in specs]


def test_everything_is_carried_over(ask) -> None:
    request = ask(
        "numpy >=2",
        channels=("nvidia", "conda-forge"),
        channel_priority="disabled",
        solve_strategy="lowest",
        conda_constraints=(CondaSpec(spec="openssl <4"),),
        conda_exclude_newer="7d",
    )
    virtual = (VirtualPackage(name="__cuda", version="12.4"),)
    locked = (record("numpy"),)
    made = make_conda_request(request, [], virtual, preferred=locked)
    assert made.environment == "default"
    assert made.platform == "linux-64"
    assert made.channels == ("nvidia", "conda-forge")
    assert made.specs == request.conda_specs
    assert made.constraints == request.conda_constraints
    assert (made.channel_priority, made.strategy, made.exclude_newer) == ("disabled", "lowest", "7d")
    assert made.virtual_packages == virtual
    assert made.preferred == locked


def test_conda_forge_is_the_default_channel(ask) -> None:
    assert make_conda_request(ask(), [], ()).channels == ("conda-forge",)


def test_additions_come_last_and_once(ask) -> None:
    first = CondaAdditions(
        specs=(CondaSpec(spec="cuda-version 12.4.*", origin="cuda"),),
        constraints=(CondaSpec(spec="openssl >=3", origin="policy"),),
        channels=("nvidia", "conda-forge"),
    )
    made = make_conda_request(ask("numpy", channels=("conda-forge",)), [first, first], ())
    assert texts(made.specs) == ["numpy", "cuda-version 12.4.*"]
    assert made.specs[1].origin == "cuda"
    assert texts(made.constraints) == ["openssl >=3"]
    assert made.channels == ("conda-forge", "nvidia")


def test_python_comes_with_pypi_requirements(ask) -> None:
    made = make_conda_request(ask("cuda-nvcc", requirements=("torch",)), [], ())
    assert texts(made.specs) == ["cuda-nvcc", "python"]
    assert made.specs[1].origin == "PyPI requirements"
    assert texts(make_conda_request(ask("cuda-nvcc"), [], ()).specs) == ["cuda-nvcc"]
    assert texts(make_conda_request(ask("python 3.12.*", requirements=("torch",)), [], ()).specs) == ["python 3.12.*"]


def test_requires_python_restricts_the_interpreter(ask) -> None:
    limits = {"requires_python": ">=3.11,<3.13", "requires_python_where": HERE}
    made = make_conda_request(ask("python 3.12.*", **limits), [], ())
    assert texts(made.specs) == ["python 3.12.*", "python <3.13.0a0,>=3.11"]
    assert made.specs[1].origin == "requires-python"
    assert made.specs[1].where == HERE
    assert texts(make_conda_request(ask(requirements=("torch",), **limits), [], ()).specs) == [
        "python <3.13.0a0,>=3.11"
    ]


def test_requires_python_alone_does_not_install_python(ask) -> None:
    made = make_conda_request(ask("cuda-nvcc", requires_python=">=3.11"), [], ())
    assert texts(made.specs) == ["cuda-nvcc"]
    assert texts(made.constraints) == ["python >=3.11"]


def test_unreadable_requires_python(ask) -> None:
    with pytest.raises(InterlockError) as caught:
        make_conda_request(ask(requires_python="three", requires_python_where=HERE), [], ())
    (finding,) = caught.value.findings
    assert finding.code == "IL215"
    assert finding.where == HERE


def test_unknown_platform(ask) -> None:
    with pytest.raises(InterlockError) as caught:
        make_conda_request(ask(platform="linux-46"), [], ())
    (finding,) = caught.value.findings
    assert finding.code == "IL213"
    assert finding.fix == "did you mean linux-64?"


def test_the_interpreter_as_the_pypi_half_sees_it(ask) -> None:
    virtual = (VirtualPackage(name="__glibc", version="2.28"),)
    conda = CondaSolution(platform="linux-64", records=(record("python", "3.12.7"),), virtual_packages=virtual)
    target = python_target(ask(), conda)
    assert (target.version, target.minor, target.platform, target.glibc, target.macos) == (
        "3.12.7",
        "3.12",
        "linux-64",
        "2.28",
        None,
    )


@pytest.mark.parametrize(
    ("build", "abi", "free"),
    [
        ("h4724d56_2_cp313t", None, True),
        ("h4724d56_2_cp313", "8_cp313", False),
        ("habc_0_cpython", "8_cp313t", True),
        ("habc_0_cpython", "8_cp313", False),
        ("cp313t_0", None, False),
    ],
)
def test_builds_of_python_without_the_global_lock(ask, build: str, abi: str | None, free: bool) -> None:
    records = [replace(record("python", "3.13.1"), build=build)]
    records += [replace(record("python_abi", "3.13"), build=abi)] if abi else []
    conda = CondaSolution(platform="linux-64", records=tuple(records))
    assert python_target(ask(), conda).free_threaded is free


def test_no_interpreter(ask) -> None:
    with pytest.raises(InterlockError) as caught:
        python_target(ask(), CondaSolution(platform="linux-64"))
    assert caught.value.findings[0].code == "IL211"


def test_a_python_that_requires_python_excludes_is_told_where_conda_decides(ask) -> None:
    place = Location(file="pyproject.toml", line=7)
    asked = CondaSpec(spec="python 3.10.*", where=Location(file="pyproject.toml", line=12))
    request = ask(conda_specs=(asked,), overruled_python=">=3.11", requires_python_where=place)
    old = CondaSolution(platform="linux-64", records=(record("python", "3.10.4"),))
    (found,) = check_python(request, old)
    assert (found.code, found.severity, found.where) == ("IL216", Severity.WARNING, place)
    assert "3.10.4" in found.what
    assert "python 3.10.*' (pyproject.toml:12) decides" in found.why
    new = CondaSolution(platform="linux-64", records=(record("python", "3.11.4"),))
    assert check_python(request, new) == []
    assert check_python(replace(request, overruled_python=None), old) == []
    assert check_python(request, CondaSolution(platform="linux-64")) == []
