from __future__ import annotations

import pytest

from interlock.channel.recipes import recipe_directory
from interlock.channel.toolkit import Toolkit, parse
from interlock_hooks.types import InterlockError

ISSUED = [
    "cuda-version",
    "cuda-nvcc",
    "cuda-cudart",
    "cuda-cudart-dev",
    "cuda-cccl",
    "cuda-crt",
    "cuda-nvvm",
    "cuda-toolkit",
]


@pytest.mark.parametrize("full", [False, True])
def test_every_dependency_is_a_package_of_the_same_form(full: bool) -> None:
    toolkit = Toolkit.load(full=full)
    for name in toolkit.packages:
        assert [d for d in toolkit.dependencies(name) if d not in toolkit.packages] == [], name


@pytest.mark.parametrize("full", [False, True])
def test_no_package_depends_on_itself(full: bool) -> None:
    toolkit = Toolkit.load(full=full)
    for name in toolkit.packages:
        dependencies = toolkit.dependencies(name)
        assert not dependencies or name not in toolkit.closure(dependencies).packages, name


def test_every_data_file_exists() -> None:
    for spec in Toolkit.load(full=True).packages.values():
        for rule in spec.data:
            assert (recipe_directory("cuda") / rule.sources[0]).is_file()


def test_conda_forges_names_are_there() -> None:
    assert [name for name in ISSUED if name not in Toolkit.load().packages] == []


def test_a_closure_has_what_nvcc_needs_and_no_mathematics() -> None:
    closure = Toolkit.load().closure(["cuda-nvcc"])
    assert {"cuda-version", "cuda-nvvm-tools", "cuda-cudart-dev_linux-64", "cuda-cccl_linux-64"} <= set(
        closure.packages
    )
    assert [name for name in closure.packages if name.startswith("libcu")] == []


def test_the_closure_of_nothing_is_everything() -> None:
    assert Toolkit.load().closure([]).packages == Toolkit.load().packages


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(InterlockError) as caught:
        Toolkit.load().closure(["cuda-ncc"])
    assert caught.value.findings[0].code == "IL712"
    assert "cuda-nvcc" in caught.value.findings[0].fix


def test_the_full_form_adds_to_the_light_one() -> None:
    table = {"summary": "s", "exact": ["a"], "full": {"exact": ["b"], "development": ["lib/*.so.*"]}}
    assert parse("x", table, full=False).exact == ("a",)
    full = parse("x", table, full=True)
    assert (full.exact, full.development) == (("a", "b"), ("lib/*.so.*",))


def test_mathematical_libraries_are_only_in_the_full_form() -> None:
    assert "libcublas" not in Toolkit.load().packages
    assert "libcublas" in Toolkit.load(full=True).packages
    assert "libcublas" in Toolkit.load(full=True).dependencies("libcublas-dev")


def test_a_package_without_files_of_a_wheel_needs_no_download() -> None:
    packages = Toolkit.load().packages
    assert packages["cuda-nvcc"].source is None
    assert packages["cuda-crt-tools"].source == "nvidia-cuda-nvcc"  # versioned as crt, taken from nvcc's wheel
    assert packages["cuda-crt-dev_linux-64"].source == "nvidia-cuda-crt"
