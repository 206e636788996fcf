from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.builds.run.jobs import available_jobs, job_variables, with_jobs
from interlock.builds.run.toolchain import find_toolchain, toolchain_identity
from interlock.builds.run.variables import JOB_VARIABLES, build_variables
from interlock_hooks.types import ActivationOptions, BuildOptions, CondaSolution
from unit.builds.conftest import make_environment, plan_for, wheel_package


@pytest.fixture
def variables(environment, events, tmp_path):
    def make(environment=environment, **options):
        plan, python = plan_for(wheel_package("demo"), **options), tmp_path / "venv" / "bin" / "python"
        return build_variables(plan, environment, python=python, work=tmp_path, emit=events)

    return make


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\necho compiler 1.0\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine_with_cuda(tmp_path, monkeypatch) -> Path:
    toolkit = tmp_path / "usr-local-cuda"
    program(toolkit / "bin" / "nvcc")
    monkeypatch.setattr("interlock.builds.run.variables._SYSTEM_CUDA", toolkit)
    return toolkit


def test_programs_come_from_the_build_environment_then_the_prefix_then_the_system(variables, environment, tmp_path):
    assert variables()["PATH"].split(":") == [
        str(tmp_path / "venv" / "bin"),
        str(environment.prefix / "bin"),
        "/usr/bin",
        "/bin",
        "/usr/sbin",
        "/sbin",
    ]


def test_the_cuda_toolkit_of_the_machine_is_kept_out(variables, environment, machine_with_cuda):
    found = variables()
    assert found["CUDA_HOME"] == str(environment.prefix)
    assert find_toolchain(found)[-1][0] != "nvcc"


def test_the_cuda_toolkit_of_the_machine_can_be_asked_for(variables, machine_with_cuda):
    assert variables(variables=(("CUDA_HOME", str(machine_with_cuda)),))["CUDA_HOME"] == str(machine_with_cuda)


def test_the_compiler_of_the_prefix_is_used(tmp_path, variables, machine_with_cuda):
    prefix = tmp_path / "prefix"
    nvcc = program(prefix / "bin" / "nvcc")
    found = variables(make_environment(prefix, tmp_path))
    assert found["CUDA_HOME"] == str(prefix)
    assert dict(find_toolchain(found))["nvcc"] == str(nvcc)


def test_activation_of_the_manifest_holds_and_the_plan_wins(variables, environment, tmp_path):
    (tmp_path / "on.sh").write_text("export FROM_SCRIPT=yes BOTH=script PYTHONPATH=/stray\n")
    activation = ActivationOptions(
        project=(("NAMED", "x"),), preset=(("SET", "2"),), scripts=("on.sh",), env=(("DECLARED", "1"),)
    )
    request = replace(environment.request, activation=activation)
    found = variables(replace(environment, request=request), variables=(("BOTH", "plan"),))
    assert (found["FROM_SCRIPT"], found["DECLARED"], found["BOTH"]) == ("yes", "1", "plan")
    assert (found["NAMED"], found["SET"]) == ("x", "2")
    assert "PYTHONPATH" not in found


def test_a_compiler_named_by_a_variable_is_the_toolchain(tmp_path):
    compiler = program(tmp_path / "bin" / "my-cc")
    found = dict(find_toolchain({"PATH": str(tmp_path / "bin"), "CC": "my-cc -O2"}))
    assert found == {"cc": str(compiler)}


def test_the_systems_compiler_is_identified_by_its_version(tmp_path):
    compiler = program(tmp_path / "cc")
    toolchain = (("cc", str(compiler)),)
    conda = CondaSolution(platform="linux-64")
    assert toolchain_identity(toolchain, tmp_path / "prefix", conda) == ("cc: compiler 1.0",)
    # What lies in the prefix is identified by its conda record.
    assert toolchain_identity(toolchain, tmp_path, conda) == ()


def test_job_variables_never_exceed_the_budget():
    for jobs in range(1, 65):
        variables = job_variables(jobs)
        assert variables.keys() <= JOB_VARIABLES
        assert int(variables["MAX_JOBS"]) * int(variables["NVCC_THREADS"]) <= jobs
    plan = with_jobs(plan_for(wheel_package("demo"), variables=(("MAX_JOBS", "9"), ("X", "y"))), 4)
    assert dict(plan.variables)["MAX_JOBS"] == "9"
    assert dict(plan.variables)["CMAKE_BUILD_PARALLEL_LEVEL"] == "4"


def test_memory_limits_the_jobs():
    assert available_jobs(BuildOptions(jobs=7)) == 7
    assert available_jobs(BuildOptions(jobs=7, memory_per_job=1 << 60)) == 1
    assert available_jobs(BuildOptions()) >= 1


def distribution(site: Path, name: str, *files: str) -> None:
    info = site / f"{name.replace('-', '_')}-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    for file in files:
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).touch()
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))


def test_wheels_that_the_plan_names_complete_the_toolkit(variables, environment, tmp_path):
    site = tmp_path / "lib" / "python3.12" / "site-packages"
    distribution(
        site, "nvidia-cusparse-cu12", "nvidia/cusparse/include/cusparse.h", "nvidia/cusparse/lib/libcusparse.so.12"
    )
    distribution(site, "nvidia-cublas", "nvidia/cu13/include/cublas/include/x.h", "nvidia/cu13/lib/libcublas.so.13")
    distribution(site, "nvidia-other", "nvidia/other/include/other.h")
    own = environment.prefix / "targets" / "x86_64-linux" / "include"
    own.mkdir(parents=True)
    plan = plan_for(
        wheel_package("demo"), variables=(("INTERLOCK_CUDA_WHEELS", "nvidia-cusparse-cu12==1 nvidia-cublas==1"),)
    )
    python = tmp_path / "venv" / "bin" / "python"
    found = build_variables(plan, environment, python=python, work=tmp_path, sites=[site], emit=lambda _: None)
    places = [str(site / "nvidia" / part / "include") for part in ("cu13", "cusparse")]
    assert sorted(found["CPATH"].split(":")[-2:]) == places
    assert found["CPATH"].split(":")[0] == str(own)
    assert {Path(entry).name for entry in found["LIBRARY_PATH"].split(":")[-2:]} == {"lib"}
    assert "nvidia/other" not in found["CPATH"]


def test_without_wheels_in_the_plan_the_site_packages_are_not_searched(variables, tmp_path):
    distribution(tmp_path / "site", "nvidia-cusparse-cu12", "nvidia/cusparse/include/cusparse.h")
    assert "nvidia" not in variables().get("CPATH", "")
