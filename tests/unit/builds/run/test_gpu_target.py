from __future__ import annotations

import pytest

from interlock.builds.run.gpu_target import finding_without_gpu, for_this_machine, settled
from interlock.builds.service import BuildService
from interlock.builds.store.store import WheelStore
from interlock.engines import gpus as engine
from interlock.engines.gpus import native_variables
from interlock_hooks.types import FindingReported, Severity
from unit.builds.conftest import plan_for, sdist_package, wheel_package

NATIVE = (("CUDAARCHS", "native"), ("OTHER", "native"), ("TORCH_CUDA_ARCH_LIST", "native"))


@pytest.fixture
def gpus(monkeypatch):
    """The GPUs of this machine, none at first."""
    present: list[str] = []
    monkeypatch.setattr(engine, "native_capabilities", lambda prefix: tuple(present))
    return present


def test_native_becomes_what_this_machine_has(gpus, tmp_path):
    gpus += ["8.6", "9.0+PTX"]
    locked = plan_for(wheel_package("demo"), variables=NATIVE)
    here = for_this_machine(locked, tmp_path)
    assert dict(here.variables)["TORCH_CUDA_ARCH_LIST"] == "8.6;9.0+PTX"
    assert dict(here.variables)["CUDAARCHS"] == "86-real;90"
    assert finding_without_gpu(locked, here, tmp_path) is None


def test_what_is_declared_is_not_touched(gpus, tmp_path):
    gpus += ["8.6"]
    locked = plan_for(wheel_package("demo"), variables=(("TORCH_CUDA_ARCH_LIST", "9.0"),))
    assert for_this_machine(locked, tmp_path) is locked


def test_without_a_gpu_nothing_is_set_and_that_is_told(gpus, tmp_path):
    locked = plan_for(wheel_package("demo"), variables=NATIVE)
    here = for_this_machine(locked, tmp_path)
    assert not {"CUDAARCHS", "TORCH_CUDA_ARCH_LIST"} & dict(here.variables).keys()
    assert finding_without_gpu(locked, here, tmp_path).code == "IL519"


def test_without_a_gpu_it_is_compiled_for_what_the_lock_names_instead(gpus, tmp_path):
    locked = plan_for(wheel_package("demo"), variables=tuple(native_variables(["8.0", "12.0+PTX"]).items()))
    here = for_this_machine(locked, tmp_path)
    assert dict(here.variables) == {"TORCH_CUDA_ARCH_LIST": "8.0;12.0+PTX", "CUDAARCHS": "80-real;120"}
    note = finding_without_gpu(locked, here, tmp_path)
    assert (note.code, note.severity, note.what.partition("is ")[2]) == (
        "IL519",
        Severity.NOTE,
        "compiled for 2 GPU architectures: 8.0, 12.0+PTX",
    )
    gpus += ["9.0+PTX"]
    assert dict(for_this_machine(locked, tmp_path).variables)["TORCH_CUDA_ARCH_LIST"] == "9.0+PTX"
    assert settled(locked.variables) == {}


def test_steps_that_compile_nothing_do_not_see_it():
    assert settled(NATIVE) == {"OTHER": "native"}


def test_the_service_builds_for_this_machine_and_stores_it_as_that(gpus, environment, events, tmp_path):
    hooks = "import os\ndef build(settings): return 'ARCH = %r' % os.environ.get('TORCH_CUDA_ARCH_LIST')\n"
    service = BuildService(WheelStore(tmp_path / "store"), emit=events)
    plan = plan_for(sdist_package(tmp_path, "demo", hooks=hooks), variables=NATIVE)
    unset = service.build_wheel(plan, environment)
    warnings = [event.finding.code for event in events if isinstance(event, FindingReported)]
    assert warnings == ["IL519"]
    gpus.append("9.0")
    native_wheel = service.build_wheel(plan, environment)
    assert (native_wheel.from_store, native_wheel.sha256 == unset.sha256) == (False, False)
    assert service.build_wheel(plan, environment).from_store
    gpus[:] = ["8.6"]
    assert not service.build_wheel(plan, environment).from_store


def test_backends_can_be_asked_before_there_is_a_machine(gpus, environment, events, tmp_path):
    service = BuildService(WheelStore(tmp_path / "store"), emit=events)
    plan = plan_for(sdist_package(tmp_path, "demo"), variables=NATIVE)
    assert service.produce_metadata(plan, environment).name == "demo"
