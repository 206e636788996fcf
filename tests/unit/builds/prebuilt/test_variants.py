from __future__ import annotations

import json
import zipfile
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.builds.prebuilt.candidate import Candidate, candidate
from interlock.builds.prebuilt.choosing import sorted_out
from interlock.builds.prebuilt.errors import UnlistedError
from interlock.builds.prebuilt.fetching import named_as_it_says, read_metadata, require_own_variant
from interlock.builds.prebuilt.listing import list_wheels, variants_at
from interlock.builds.prebuilt.target import Target, target_of
from interlock.builds.prebuilt.variants import read_variants, split_label
from interlock.builds.provenance.trust import UntrustedError
from interlock.core.cuda_versions import CudaVersion
from interlock.core.files import sha256_of
from interlock_hooks.types import (
    Artifact,
    CondaSolution,
    ProvidedDistribution,
    PyPIPackage,
    PythonTarget,
    Resolution,
    VirtualPackage,
)

PYTHON = PythonTarget(version="3.11.9", platform="linux-64", glibc="2.28")
TARGET = Target(
    PYTHON,
    Version("2.8.0+cu128"),
    "cuda",
    CudaVersion(12, 8),
    versions={"torch": "2.8.0+cu128", "numpy": "2.1.3", "odd": "2023c_x"},
    machine={"__cuda_arch": "9.0", "__archspec": "x86_64_v3"},
)
STEM = "fa-2.0-cp311-cp311-linux_x86_64"
Properties = dict[str, dict[str, list[str]]]


def described(variants: dict[str, Properties], schema: str = "https://example.org/peps/825/v0.1.1.json") -> str:
    order = ["abi_dependency", "nvidia", "x86_64", "blas"]
    return json.dumps({"$schema": schema, "default-priorities": {"namespace": order}, "variants": variants})


def offered(place: Path) -> list[Candidate]:
    """The wheels at a place, which know what their labels stand for."""
    wheels = list_wheels(place.as_uri())
    read = {each.described: variants_at(each.described) for each in wheels if each.described}
    return [each.of_variants(read[each.described]) if each.described else each for each in wheels]


def sorted_names(folder: Path, target: Target = TARGET) -> tuple[list[str], dict[str, str]]:
    fitting, refused = sorted_out(offered(folder), target)
    names = [split_label(each.candidate.filename)[1] or "" for each in fitting]
    return names, {split_label(name)[1] or "": why for name, why in refused.items()}


def judged(tmp_path: Path, properties: Properties, target: Target = TARGET) -> str | None:
    """Why a variant with these properties does not fit, or nothing."""
    (tmp_path / f"{STEM}-some.whl").touch()
    (tmp_path / "fa-2.0-variants.json").write_text(described({"some": properties}))
    return sorted_names(tmp_path, target)[1].get("some")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("fa-1.0-py3-none-any", None),
        ("fa-1.0-py3-none-any-null", "null"),
        ("fa-1.0-1-py3-none-any", None),
        ("fa-1.0-1local-py3-none-any-x86_64_v3", "x86_64_v3"),
        ("fa-1.0-py3-none-any-Upper", None),
        ("fa-1.0-py3-none", None),
        ("fa-1.0-1-py3-none-any-a-b", None),
    ],
)
def test_the_label_is_behind_the_platform(name: str, label: str | None) -> None:
    plain = name.removesuffix(f"-{label}") if label else name
    assert split_label(f"{name}.whl") == (f"{plain}.whl", label)
    known = label is not None or name in ("fa-1.0-py3-none-any", "fa-1.0-1-py3-none-any")
    assert candidate(f"https://example.org/{name}.whl").is_for(canonicalize_name("fa"), Version("1.0")) is known


@pytest.mark.parametrize(
    "properties",
    [
        {"nvidia": {"cuda_version_lower_bound": ["12.6"], "cuda_version_upper_bound": ["13"]}},
        {"nvidia": {"cuda_version_lower_bound": ["13.0", "12"]}},
        {"nvidia": {"cuda_version_upper_bound": ["12.9"]}},
        {"nvidia": {"sm_arch": ["120_real", "90_real"]}},
        {"nvidia": {"sm_arch": ["90_virtual"]}},
        {"abi_dependency": {"torch": ["2.7", "2.8"], "numpy": ["2"]}},
        {"abi_dependency": {"torch": ["2.8.0"]}},
        {"x86_64": {"level": ["v2"]}},
    ],
)
def test_what_the_environment_has_fits(tmp_path: Path, properties: Properties) -> None:
    assert judged(tmp_path, properties) is None


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ({"nvidia": {"cuda_version_lower_bound": ["12.9"]}}, "has CUDA 12.8"),
        ({"nvidia": {"cuda_version_lower_bound": ["11.8"]}}, "has CUDA 12.8"),
        ({"nvidia": {"cuda_version_upper_bound": ["12.8"]}}, "has CUDA 12.8"),
        ({"nvidia": {"cuda_version_lower_bound": ["12.6"], "sm_arch": ["100_real"]}}, "has __cuda_arch 9.0"),
        ({"nvidia": {"sm_arch": ["90a_real"]}}, "has __cuda_arch 9.0"),
        ({"nvidia": {"gpu_family": ["hopper"]}}, "nothing tells"),
        ({"abi_dependency": {"torch": ["2.7"]}}, "has torch 2.8.0+cu128"),
        ({"abi_dependency": {"torch": ["2.8"], "scipy": ["1"]}}, "has no scipy"),
        ({"abi_dependency": {"numpy": ["2.1.0"]}}, "has numpy 2.1.3"),
        ({"abi_dependency": {"torch": ["2.8.0.0"]}}, "has torch 2.8.0+cu128"),
        ({"abi_dependency": {"odd": ["2"]}}, "has odd 2023c_x"),
        ({"x86_64": {"level": ["v4"]}}, "has __archspec x86_64_v3"),
        ({"x86_64": {"level": ["v2"], "avx512_bf16": ["on"]}}, "nothing tells"),
        ({"blas": {"library": ["mkl"]}}, "its variant is for blas :: library :: mkl, and nothing tells"),
    ],
)
def test_what_contradicts_or_cannot_be_judged_is_never_taken(tmp_path: Path, properties: Properties, why: str) -> None:
    assert why in (judged(tmp_path, properties) or "")


def test_what_is_not_known_of_the_environment_is_not_guessed(tmp_path: Path) -> None:
    bare = Target(PYTHON, Version("2.8.0"), "cpu", machine={"__archspec": "skylake"})
    lower: Properties = {"nvidia": {"cuda_version_lower_bound": ["12.0"]}}
    assert "has torch for cpu" in (judged(tmp_path, lower, bare) or "")
    assert "nothing tells" in (judged(tmp_path, lower, Target(PYTHON)) or "")
    assert "has no __cuda_arch" in (judged(tmp_path, {"nvidia": {"sm_arch": ["90_real"]}}, bare) or "")
    assert "skylake, which does not tell" in (judged(tmp_path, {"x86_64": {"level": ["v1"]}}, bare) or "")
    old = Target(PYTHON, Version("2.8.0"), "cuda", CudaVersion(12, 8), machine={"__cuda": "12.4"})
    assert judged(tmp_path, lower, old) is None
    assert "has CUDA 12.4" in (judged(tmp_path, {"nvidia": {"cuda_version_lower_bound": ["12.6"]}}, old) or "")


def test_the_order_is_that_of_the_standard(tmp_path: Path) -> None:
    cuda: Properties = {"nvidia": {"cuda_version_lower_bound": ["12.6"]}}
    newer: Properties = {"nvidia": {"cuda_version_lower_bound": ["12.8"]}}
    variants: dict[str, Properties] = {
        "cu126": cuda,
        "cu128": newer,
        "cu128_v3": {**newer, "x86_64": {"level": ["v3"]}},
        "torch28": {"abi_dependency": {"torch": ["2.8"]}},
        "v2": {"x86_64": {"level": ["v2"]}},
        "null": {},
    }
    for name in (STEM, *(f"{STEM}-{label}" for label in variants)):
        (tmp_path / f"{name}.whl").touch()
    (tmp_path / "fa-2.0-variants.json").write_text(described(variants))
    assert sorted_names(tmp_path) == (["torch28", "cu128_v3", "cu128", "cu126", "v2", "null", ""], {})
    fitting, _ = sorted_out(offered(tmp_path), TARGET)
    assert fitting[0].why[-1] == "its variant is for abi_dependency :: torch :: 2.8"


def test_without_a_description_only_the_null_variant_is_taken(tmp_path: Path) -> None:
    for label in ("null", "v2"):
        (tmp_path / f"{STEM}-{label}.whl").touch()
    none = "its source has no fa-2.0-variants.json, which would say what its label stands for"
    assert sorted_names(tmp_path) == (["null"], {"v2": none})
    (tmp_path / "fa-2.0-variants.json").write_text(described({"null": {}}))
    assert sorted_names(tmp_path)[1] == {"v2": "fa-2.0-variants.json does not have its label"}
    unread = [each.of_variants(None) if each.described else each for each in offered(tmp_path)]
    assert set(sorted_out(unread, TARGET)[1].values()) == {
        "fa-2.0-variants.json, which says what its label stands for, cannot be read"
    }


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (described({}, "https://example.org/v0.2.0.json"), "its format is not 0.1.1 of PEP 825"),
        (described({"v2": {"other": {"level": ["v2"]}}}), "it is no variant metadata"),
        (described({"v2": {"x86_64": {"level": []}}}), "it is no variant metadata"),
        ("[]", "it is no variant metadata"),
        ("{", "fa-2.0-variants.json: Expecting"),
    ],
)
def test_a_description_that_cannot_be_read_is_told(tmp_path: Path, content: str, why: str) -> None:
    path = tmp_path / "fa-2.0-variants.json"
    path.write_text(content)
    with pytest.raises(UnlistedError, match=why):
        variants_at(path.as_uri())


def test_a_page_has_to_list_the_description(tmp_path: Path) -> None:
    (tmp_path / "fa-2.0-variants.json").write_text(described({"v2": {"x86_64": {"level": ["v2"]}}}))
    page = tmp_path / "page.html"
    page.write_text(f'<a href="{STEM}-v2.whl"></a>')
    assert not sorted_out(offered(page), TARGET)[0]
    page.write_text(f'<a href="{STEM}-v2.whl"></a><a href="fa-2.0-variants.json"></a>')
    (fit,) = sorted_out(offered(page), TARGET)[0]
    assert fit.candidate.filename == f"{STEM}-v2.whl"


@given(
    st.recursive(st.none() | st.text() | st.integers(), lambda few: st.lists(few) | st.dictionaries(st.text(), few))
    | st.fixed_dictionaries({"some": st.dictionaries(st.text(), st.dictionaries(st.text(), st.lists(st.text())))})
)
@settings(max_examples=50)
def test_any_description_is_read_or_refused(variants: Any) -> None:
    with suppress(ValueError):
        assert set(read_variants(described(variants).encode())) == set(variants)
    with suppress(ValueError):
        read_variants(json.dumps(variants).encode())


def test_a_variant_is_installed_under_its_name_without_the_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    wheel = tmp_path / f"{STEM}-v2.whl"
    wheel_with(wheel)
    named = named_as_it_says(wheel, sha256_of(wheel))
    assert (named.name, named.read_bytes()) == (f"{STEM}.whl", wheel.read_bytes())


def wheel_with(path: Path, metadata: str = "", variant: str | None = None) -> Artifact:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("fa-2.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: fa\nVersion: 2.0\n{metadata}")
        if variant is not None:
            archive.writestr("fa-2.0.dist-info/variant.json", variant)
    return Artifact(kind="wheel", url=path.as_uri(), filename=path.name, sha256=sha256_of(path))


def test_where_keys_are_asked_for_the_wheel_itself_has_to_be_the_variant(tmp_path: Path) -> None:
    said = described({"v2": {"x86_64": {"level": ["v2"]}}})
    other = described({"v2": {"x86_64": {"level": ["v4"]}}})
    beside = read_variants(said.encode())["v2"]
    path = tmp_path / f"{STEM}-v2.whl"
    require_own_variant(wheel_with(path, variant=said), beside, root=tmp_path)
    require_own_variant(wheel_with(path), None, root=tmp_path)
    for variant, why in [(other, "something else"), (None, "0 variant.json"), ("{", "cannot be read")]:
        with pytest.raises(UntrustedError, match=why):
            require_own_variant(wheel_with(path, variant=variant), beside, root=tmp_path)


@pytest.mark.parametrize(
    ("requirement", "found"),
    [('a; "nvidia" in variant_namespaces', True), ("a; variant_label==''", True), ("variant_label; extra=='x'", False)],
)
def test_a_wheel_whose_requirements_depend_on_its_variant_is_refused(
    tmp_path: Path, requirement: str, found: bool
) -> None:
    artifact = wheel_with(tmp_path / f"{STEM}.whl", f"Requires-Dist: {requirement}\n")
    with pytest.raises(ValueError, match="depends on its variant") if found else nullcontext():
        assert read_metadata(artifact, root=tmp_path)["requires_dist"] == [requirement]


def test_the_target_knows_versions_and_the_machine() -> None:
    name = canonicalize_name("numpy")
    provided = ProvidedDistribution(name=name, version="2.1.3", record="numpy")
    torch = PyPIPackage(name=canonicalize_name("torch"), version="2.8.0", artifact=Artifact(kind="wheel", url=""))
    virtual = (
        VirtualPackage(name="__archspec", version="1", build="x86_64_v3"),
        VirtualPackage(name="__cuda", version=""),
    )
    target = target_of(
        Resolution(python=PYTHON, packages=(torch,), provided=(provided,)),
        CondaSolution(platform="linux-64", virtual_packages=virtual),
    )
    assert (target.versions, target.machine) == ({"torch": "2.8.0", "numpy": "2.1.3"}, {"__archspec": "x86_64_v3"})
