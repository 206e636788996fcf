from __future__ import annotations

import platform
from pathlib import Path

import pytest

from interlock.engines.cuda_paths import cuda_target, toolchain_environment


def toolkit(prefix: Path, target: str = "x86_64-linux", *, nvcc: bool = True) -> Path:
    root = prefix / "targets" / target
    for folder in ("include/cccl", "lib/stubs"):
        (root / folder).mkdir(parents=True)
    (prefix / "bin").mkdir(exist_ok=True)
    if nvcc:
        (prefix / "bin/nvcc").write_text("")
    return root


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")


@pytest.mark.parametrize(
    ("machine", "folder"), [("x86_64", "x86_64-linux"), ("aarch64", "sbsa-linux"), ("aarch64", "aarch64-linux")]
)
def test_the_target_of_the_machine(tmp_path: Path, machine: str, folder: str) -> None:
    assert cuda_target(tmp_path, machine) is None
    root = toolkit(tmp_path, folder)
    assert cuda_target(tmp_path, machine) == root
    assert cuda_target(tmp_path, "riscv64") is None


def test_a_prefix_without_a_toolkit_changes_nothing(tmp_path: Path) -> None:
    assert toolchain_environment(tmp_path, {"CUDA_HOME": "/usr/local/cuda"}) == {"CUDA_HOME": "/usr/local/cuda"}


def test_a_complete_toolkit(tmp_path: Path) -> None:
    root = toolkit(tmp_path)
    assert toolchain_environment(tmp_path, {"PATH": "/bin"}) == {
        "PATH": "/bin",
        "CUDA_HOME": str(tmp_path),
        "CUDA_PATH": str(tmp_path),
        "CPATH": f"{root}/include:{root}/include/cccl",
        "LIBRARY_PATH": f"{root}/lib:{root}/lib/stubs",
    }


def test_headers_without_a_compiler(tmp_path: Path) -> None:
    root = toolkit(tmp_path, nvcc=False)
    variables = toolchain_environment(tmp_path, {})
    assert "CUDA_HOME" not in variables
    assert variables["CPATH"].startswith(f"{root}/include")


def test_what_activation_set_is_kept(tmp_path: Path) -> None:
    root = toolkit(tmp_path)
    given = {"CUDA_HOME": "/chosen", "CPATH": f"/first:{root}/include"}
    variables = toolchain_environment(tmp_path, given, inherited={"CUDA_HOME": "/usr/local/cuda"})
    assert variables["CUDA_HOME"] == "/chosen"
    assert variables["CPATH"] == f"/first:{root}/include:{root}/include/cccl"
    assert toolchain_environment(tmp_path, variables) == variables


def test_what_is_only_inherited_is_replaced(tmp_path: Path) -> None:
    toolkit(tmp_path)
    given = {"CUDA_HOME": "/usr/local/cuda"}
    assert toolchain_environment(tmp_path, given, inherited=given)["CUDA_HOME"] == str(tmp_path)


def compilers(prefix: Path, *names: str) -> str:
    (prefix / "bin").mkdir(exist_ok=True)
    for name in names:
        (prefix / "bin" / f"x86_64-conda-linux-gnu-{name}").write_text("")
        (prefix / "bin" / f"x86_64-conda-linux-gnu-{name}").chmod(0o755)
    return f"{prefix}/bin/x86_64-conda-linux-gnu-"


def test_condas_compilers_are_used_by_builds_and_by_nvcc(tmp_path: Path) -> None:
    toolkit(tmp_path)
    place = compilers(tmp_path, "gcc", "g++")
    found = toolchain_environment(tmp_path, {"CC": "/usr/bin/cc"}, inherited={"CC": "/usr/bin/cc"})
    assert (found["CC"], found["CXX"]) == (f"{place}gcc", f"{place}g++")
    assert found["NVCC_PREPEND_FLAGS"] == f"-ccbin={place}g++"


def test_what_activation_says_of_compilers_stays(tmp_path: Path) -> None:
    toolkit(tmp_path)
    place = compilers(tmp_path, "c++")
    activated = {"CXX": "x86_64-conda-linux-gnu-c++ -m64", "NVCC_PREPEND_FLAGS": "-O1"}
    found = toolchain_environment(tmp_path, activated)
    assert found["CXX"] == activated["CXX"]
    assert found["NVCC_PREPEND_FLAGS"] == f"-ccbin={place}c++ -O1"
    for told in ({"NVCC_CCBIN": "mine"}, {"NVCC_PREPEND_FLAGS": "-ccbin=mine"}):
        assert toolchain_environment(tmp_path, {"CXX": "mine", **told}).get("NVCC_PREPEND_FLAGS") == told.get(
            "NVCC_PREPEND_FLAGS"
        )


def test_the_compiler_of_the_system_is_left_to_be_found(tmp_path: Path) -> None:
    toolkit(tmp_path)
    found = toolchain_environment(tmp_path, {"CXX": "g++"})
    assert "NVCC_PREPEND_FLAGS" not in found
    assert "CC" not in found
