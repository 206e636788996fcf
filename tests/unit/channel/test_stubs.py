from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from channel.miniature import CUDA_H
from interlock.channel import stubs
from interlock.channel.toolkit import Stub, Toolkit
from interlock_hooks.types import InterlockError


@pytest.fixture
def stub() -> Stub:
    found = Toolkit.load().packages["cuda-driver-dev_linux-64"].stub
    assert found is not None
    return found


def test_declared_and_versioned_names_are_found_once(stub: Stub) -> None:
    names = stubs.declared(stub, CUDA_H)
    assert {"cuInit", "cuMemAlloc", "cuMemAlloc_v2", "cuMemcpyHtoD_v2", "cuMemcpyHtoD_v2_ptds"} <= set(names)
    assert len(names) == len(set(names))


def test_nvml_names_are_found() -> None:
    nvml = Toolkit.load().packages["cuda-nvml-dev"].stub
    assert nvml is not None
    header = "#define nvmlInit nvmlInit_v2\nnvmlReturn_t DECLDIR nvmlInit_v2(void);\nx DECLDIR nvmlShutdown(void);"
    assert stubs.declared(nvml, header) == ["nvmlInit_v2", "nvmlShutdown"]


def test_the_library_defines_the_names(stub: Stub, tmp_path: Path) -> None:
    stubs.compile_stub("cuda-driver-dev", stub, CUDA_H, tmp_path / "tree", tmp_path)
    library = tmp_path / "tree" / stub.library
    assert b"libcuda.so.1\0" in library.read_bytes()
    assert ctypes.CDLL(str(library)).cuInit(0) == 0


def test_without_a_compiler_the_error_says_what_to_install(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InterlockError) as caught:
        stubs.compile_stub("cuda-driver-dev", stub, CUDA_H, tmp_path / "tree", tmp_path)
    assert caught.value.findings[0].code == "IL709"


def test_a_compiler_that_fails_is_quoted(stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "cc"
    broken.write_text("#!/bin/sh\necho cc: no license >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InterlockError) as caught:
        stubs.compile_stub("cuda-driver-dev", stub, CUDA_H, tmp_path / "tree", tmp_path)
    assert caught.value.findings[0].details == ("cc: no license",)
