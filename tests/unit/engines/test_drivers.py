from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from interlock.engines import drivers
from interlock.engines.drivers import may_have_driver, nvidia_smi

_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a driver is always asked for")
# The one function that rattler asks for the CUDA of a driver.
_NVML = "int nvmlSystemGetCudaDriverVersion_v2(int *version) { *version = 12040; return 0; }"
_ASK = """
from interlock.engines.rattler.detect import detect_driver, detect_virtual_packages
print(*[each.version for each in detect_driver()])
print(*[each.version for each in detect_virtual_packages() if each.name == "__cuda"])
"""


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that has nothing of a driver but what is put into this directory, its only one for programs."""
    monkeypatch.setattr(drivers, "SYSTEM_PATH", str(tmp_path))
    monkeypatch.setattr(drivers, "_ELSEWHERE", ())
    monkeypatch.setattr(drivers, "_FOLDERS", (str(tmp_path),))
    monkeypatch.setattr(drivers, "_LIBRARIES", ("libno-such-driver.so",))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@_LINUX
@pytest.mark.parametrize("name", ["nvidia-smi", "libno-such-driver.so", "libno-such-driver.so.1"])
def test_a_program_or_a_library_is_worth_asking(bare: Path, name: str) -> None:
    assert not may_have_driver()
    (bare / name).touch(mode=0o755)
    assert may_have_driver()
    assert nvidia_smi() == (str(bare / name) if name == "nvidia-smi" else None)


@_LINUX
def test_what_rattler_finds_by_the_linker_alone_is_found(tmp_path: Path) -> None:
    library = tmp_path / "libnvidia-ml.so.1"
    subprocess.run(["cc", "-shared", "-o", library, "-x", "c", "-"], input=_NVML, text=True, check=True)
    variables = {"LD_LIBRARY_PATH": str(tmp_path), "INTERLOCK_CACHE_DIR": str(tmp_path / "cache"), "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-c", _ASK], env=variables, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["12.4", "12.4"]
