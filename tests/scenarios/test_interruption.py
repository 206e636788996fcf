"""Interrupted and killed installs: nothing is left running, and the next install finishes the work."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from interlock_hooks.testing.sdists import WAIT, Backend
from interlock_hooks.types import Stage
from kit.pipes import Pipe
from kit.plugins import stop_at_stage
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

_SOON = 5.0


def gone(pid: int) -> bool:
    """Whether a process ends within seconds."""
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return True
    _, alive = psutil.wait_procs([process], timeout=_SOON)
    return not alive


@pytest.fixture
def building(project: Project, pipe: Pipe) -> Project:
    """A project whose one build waits until the pipe is gone."""
    project.index.wheel("app", "1.0")
    project.index.sdist("slow", "1.0", backend=Backend.waiting(pipe.path))
    project.declare("app", "slow", extra=f'[tool.interlock.build]\nwritable = ["{pipe.path}"]\n')
    return project


def test_an_interrupted_build_leaves_no_child(building: Project, pipe: Pipe) -> None:
    process = building.start("env", "install")
    build = int(pipe.read())
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert gone(build)
    pipe.path.unlink()
    building.install().ok()
    assert building.versions() == {"app": "1.0", "slow": "1.0"}


def test_interrupted_solves_leave_no_backend(project: Project, pipe: Pipe) -> None:
    project.channel.add("python", f"{PYTHON}.1", platform="osx-arm64")
    project.index.sdist("slow", "1.0", dynamic=True, backend=Backend(on_metadata=WAIT.format(pipe=str(pipe.path))))
    settings = f'[tool.interlock.build]\nwritable = ["{pipe.path}"]\njobs = 2\n'
    project.declare("slow", workspace={"platforms": ["linux-64", "osx-arm64"]}, extra=settings)
    process = project.start("env", "lock")
    backend = int(pipe.read())
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert gone(backend)
    assert not project.lock_file.exists()


def test_a_build_killed_with_its_installer_can_be_repeated(building: Project, pipe: Pipe) -> None:
    process = building.start("env", "install")
    build = int(pipe.read())
    process.kill()
    process.communicate(timeout=30)
    # Nothing that is killed can end its children; the build is in a session of its own.
    os.killpg(os.getpgid(build), signal.SIGKILL)
    pipe.path.unlink()
    building.install().ok()
    assert building.versions() == {"app": "1.0", "slow": "1.0"}


STAGES: list[Stage] = ["conda-solve", "pypi-resolve", "conda-install", "wheels", "builds"]


@pytest.mark.parametrize("stage", STAGES)
def test_an_install_killed_at_any_stage_recovers(project: Project, pipe: Pipe, stage: Stage) -> None:
    project.plugin("stopper", stop_at_stage(stage, pipe.path))
    project.index.wheel("app", "1.0")
    project.index.sdist("source", "1.0")
    project.declare("app", "source", extra='[tool.interlock]\nplugins = ["stopper"]\n')
    process = project.start("env", "install")
    assert int(pipe.read()) == process.pid
    process.kill()
    process.communicate(timeout=30)
    pipe.path.unlink()
    project.install().ok()
    assert project.versions() == {"app": "1.0", "source": "1.0"}
    assert project.install().ok().json["changed"] is False


_KILLED_AFTER_BUILDS = """
import os, signal
from interlock_hooks import hookimpl
from interlock_hooks.types import StageFinished

@hookimpl
def interlock_event(event):
    if isinstance(event, StageFinished) and event.stage == "builds":
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_builds_taught_is_learned_again_by_an_install_after_one_that_was_killed(project: Project) -> None:
    project.plugin("killer", _KILLED_AFTER_BUILDS)
    project.index.wheel("tool", "1.0")
    project.index.sdist("ext", "1.0", backend=Backend(imports=["tool"]))
    project.declare("ext", "tool", extra='[tool.interlock]\nplugins = ["killer"]\n')
    assert project.run("env", "install").code == -signal.SIGKILL
    assert "tool" not in str(project.plan("ext").get("requirements"))
    project.plugin("killer", _KILLED_AFTER_BUILDS.replace("os.kill(os.getpid(), signal.SIGKILL)", "pass"))
    done = project.install().ok().json
    assert [(wheel["name"], wheel["from_store"]) for wheel in done["built"]] == [("ext", True)]
    assert "tool" in str(project.plan("ext")["requirements"])
    assert project.install().ok().json["changed"] is False


def test_an_update_killed_half_way_is_finished(project: Project, pipe: Pipe) -> None:
    for version in ("1.0", "2.0"):
        project.index.wheel("app", version)
        project.channel.add("libtool", version, files={"share/libtool": version})
    project.plugin("stopper", stop_at_stage("wheels", pipe.path))
    project.declare("app==1.0", conda={"libtool": "1.*"})
    project.install().ok()
    project.declare("app==2.0", conda={"libtool": "2.*"}, extra='[tool.interlock]\nplugins = ["stopper"]\n')
    process = project.start("env", "install")
    pipe.read()
    process.kill()
    process.communicate(timeout=30)
    assert project.run("env", "info", "--json").ok().json["environments"][0]["installed"] is False
    for command, code in ((("run", "--no-install", "--", "true"), "IL692"), (("doctor",), "IL633")):
        assert code in project.run("env", *command).err
    project.declare("app==1.0", conda={"libtool": "1.*"})
    project.install().ok()
    assert project.versions() == {"app": "1.0"}
    assert (project.prefix / "share/libtool").read_text() == "1.0"


def test_two_installs_at_once_wait_for_each_other(building: Project, pipe: Pipe) -> None:
    first = building.start("env", "install")
    build = int(pipe.read())
    second = building.start("env", "install")
    pipe.path.unlink()
    os.kill(build, signal.SIGKILL)
    first.communicate(timeout=60)
    _, err = second.communicate(timeout=60)
    assert second.returncode == 0, err
    assert building.versions() == {"app": "1.0", "slow": "1.0"}
