"""The words of ``--matrix``, and what a combination asks of an environment."""

from __future__ import annotations

from math import prod
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.manifest.matrix import Axis, Combination, combinations, combined, read_axes
from interlock_hooks.types import CondaSpec, EnvironmentRequest, SystemRequirement

NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]?[a-z0-9]){0,6}", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}", fullmatch=True)
AXES = st.dictionaries(NAMES, st.lists(VERSIONS, min_size=1, max_size=3, unique=True), max_size=3)


@given(AXES)
def test_what_is_written_is_read_and_every_combination_is_there_once(wanted: dict[str, list[str]]) -> None:
    axes = read_axes(f"{name}={','.join(versions)}" for name, versions in wanted.items())
    assert {axis.name: list(axis.versions) for axis in axes} == wanted
    found = combinations(axes)
    assert len(set(found)) == len(found)
    for name, versions in wanted.items():
        assert {dict(each.versions)[name] for each in found} == set(versions)
    assert len(found) == prod(map(len, wanted.values()))


@given(st.text(max_size=20))
def test_any_word_is_an_axis_or_refused_with_itself(word: str) -> None:
    refusal = ""
    try:
        assert read_axes([word])[0].versions
    except ValueError as error:
        refusal = str(error)
    assert not refusal or repr(word) in refusal


@pytest.mark.parametrize("word", ["torch", "torch=", "torch=2.6,", "=2", "torch==2.6", "torch=2.6.*", "to rch=2"])
def test_what_is_no_axis_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"not of the form|not a version"):
        read_axes([word])


def test_an_axis_is_there_once_and_so_is_each_version() -> None:
    assert read_axes(["Flash_Attn=2.8,2.7,2.8"]) == (Axis("flash-attn", ("2.8", "2.7")),)
    with pytest.raises(ValueError, match="flash-attn is there twice"):
        read_axes(["flash-attn=1", "Flash_Attn=2"])


def restricted(torch_backend: str | None = None, **versions: str) -> EnvironmentRequest:
    request = EnvironmentRequest(
        name="default",
        platform="linux-64",
        root=Path("/project"),
        conda_specs=(CondaSpec(spec="NumPy >=1"), CondaSpec(spec="python")),
        system_requirements=(
            SystemRequirement(name="__glibc", version="2.28"),
            SystemRequirement(name="__cuda", version="12.0"),
        ),
        constraints=("psutil<7",),
        torch_backend=torch_backend,
    )
    return combined(request, Combination(tuple((name.replace("_", "-"), each) for name, each in versions.items())))


def test_a_package_is_restricted_where_it_is_asked_for() -> None:
    found = restricted(python="3.12", numpy="2", torch="2.6")
    assert [each.spec for each in found.conda_constraints] == ["python 3.12.*", "numpy 2.*"]
    assert found.constraints == ("psutil<7", "torch==2.6.*")
    assert restricted() == restricted()


def test_cuda_is_the_driver_the_toolkit_and_the_builds_of_torch() -> None:
    found = restricted(cuda="12.8", torch_backend="auto")
    assert [each.spec for each in found.conda_constraints] == ["cuda-version 12.8.*"]
    assert {each.name: each.version for each in found.system_requirements} == {"__glibc": "2.28", "__cuda": "12.8"}
    assert found.torch_backend == "cu128"
    kept = {each: restricted(cuda="12.8", torch_backend=each).torch_backend for each in (None, "off", "cpu")}
    assert kept == {None: None, "off": "off", "cpu": "cpu"}
    assert restricted(cuda="13", torch_backend="cu124").torch_backend == "cu124"
