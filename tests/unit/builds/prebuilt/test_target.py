from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from interlock.builds.prebuilt.target import target_of
from interlock_hooks.types import (
    Artifact,
    CondaRecord,
    CondaSolution,
    ProvidedDistribution,
    PyPIPackage,
    PythonTarget,
    Resolution,
)

TORCH = canonicalize_name("torch")
NOTHING = CondaSolution(platform="linux-64", channels=())


def resolution(version: str, *requires: str, platform: str = "linux-64") -> Resolution:
    wheel = Artifact(kind="wheel", url="https://example.org/torch.whl")
    torch = PyPIPackage(name=TORCH, version=version, artifact=wheel, requires=requires)
    return Resolution(python=PythonTarget(version="3.11.9", platform=platform), packages=(torch,))


@pytest.mark.parametrize(
    ("version", "requires", "platform", "cuda", "abi"),
    [
        ("2.6.0+cu124", (), "cuda", "12.4", False),
        ("2.6.0+cu126", (), "cuda", "12.6", True),
        ("2.5.1", ("nvidia-cuda-runtime-cu12==12.4.127",), "cuda", "12.4", False),
        ("2.9.0", ("nvidia-cuda-nvrtc==13.0.48", "sympy"), "cuda", "13.0", True),
        ("2.12.0", ("cuda-toolkit[cublas]==13.0.2",), "cuda", "13.0", True),
        ("2.7.1+cpu", (), "cpu", None, True),
        ("2.6.0+rocm6.2.4", (), "rocm6.2.4", None, None),
        ("2.7.0", ("sympy",), None, None, True),
    ],
)
def test_torch_from_an_index(version: str, requires: tuple[str, ...], platform: str, cuda: str, abi: bool) -> None:
    found = target_of(resolution(version, *requires), NOTHING)
    assert (found.platform, found.cuda and str(found.cuda), found.cxx11_abi) == (platform, cuda, abi)
    assert str(found.torch) == version


def test_the_abi_is_one_of_linux() -> None:
    assert target_of(resolution("2.5.1", platform="win-64"), NOTHING).cxx11_abi is None


@pytest.mark.parametrize(
    ("build", "platform", "cuda"),
    [("cuda126_generic_py311_h1_200", "cuda", "12.6"), ("cpu_generic_py311", "cpu", None)],
)
def test_torch_from_conda(build: str, platform: str, cuda: str | None) -> None:
    record = CondaRecord(
        name="pytorch",
        version="2.5.1",
        build=build,
        build_number=0,
        subdir="linux-64",
        channel="c",
        url="u",
        file_name="f",
    )
    provided = ProvidedDistribution(name=TORCH, version="2.5.1", record="pytorch")
    both = Resolution(python=PythonTarget(version="3.11.9", platform="linux-64"), provided=(provided,))
    found = target_of(both, CondaSolution(platform="linux-64", channels=(), records=(record,)))
    assert (found.platform, found.cuda and str(found.cuda), found.cxx11_abi) == (platform, cuda, True)


def test_no_torch() -> None:
    empty = Resolution(python=PythonTarget(version="3.11.9", platform="linux-64"))
    assert target_of(empty, NOTHING).torch is None
