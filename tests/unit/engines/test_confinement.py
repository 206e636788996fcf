from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from interlock.engines import confinement as module
from interlock.engines._confine import landlock_version
from interlock.engines.confinement import Confinement, can_deny_network, guard_of_writing, has_network

pytestmark = pytest.mark.disk

WRITE = """
import os, sys
for path in sys.argv[1:]:
    try:
        with open(path, "w") as file:
            file.write("x")
    except OSError as error:
        print(type(error).__name__, end=" ")
    else:
        print("written", end=" ")
"""
LOOPBACK = """
import socket
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()
socket.create_connection(server.getsockname(), timeout=5)
try:
    socket.create_connection(("192.0.2.1", 9), timeout=5)
except OSError as error:
    print(error.strerror)
"""

ENTERS_MOUNTS = subprocess.run([*module._CONFINE, "mounts", "--", "true"], capture_output=True, check=False)


@pytest.fixture(
    params=[
        pytest.param("landlock", marks=pytest.mark.skipif(not landlock_version(), reason="no Landlock here")),
        pytest.param("mounts", marks=pytest.mark.skipif(ENTERS_MOUNTS.returncode != 0, reason="no namespaces here")),
    ]
)
def guard(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the things that can keep programs from writing."""
    monkeypatch.setattr(module, "guard_of_writing", lambda: request.param)
    return request.param


REFUSALS = {"landlock": "PermissionError", "mounts": "OSError"}  # that of a read-only file system has no class
restricting = pytest.mark.usefixtures("guard")
denying = pytest.mark.skipif(not can_deny_network(), reason="no network namespaces here")


def output(confinement: Confinement, code: str, *args: object, also: tuple[Path, ...] = ()) -> str:
    command = confinement.command([sys.executable, "-I", "-c", code, *map(str, args)], *also)
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@restricting
def test_only_the_given_places_are_written(tmp_path, guard):
    own, other, also = tmp_path / "own", tmp_path / "other", tmp_path / "also"
    for folder in (own, other, also):
        folder.mkdir()
    (other / "there").write_text("kept")
    places = (own / "file", also / "file", other / "file", other / "there", "/dev/null")
    said = output(Confinement((own, tmp_path / "absent")), WRITE, *places, also=(also,))
    refusal = REFUSALS[guard]
    assert said.split() == ["written", "written", refusal, refusal, "written"]
    assert (other / "there").read_text() == "kept"


@restricting
def test_variables_of_the_programs_that_started_it_are_not_read(tmp_path):
    code = "import os, pathlib; print(len(pathlib.Path(f'/proc/{os.getppid()}/environ').read_bytes()))"
    with pytest.raises(subprocess.CalledProcessError) as error:
        output(Confinement((tmp_path,)), code)
    assert "PermissionError" in error.value.stderr


@restricting
def test_files_move_between_own_directories_and_programs_they_start_are_held_too(tmp_path):
    (tmp_path / "own" / "a").mkdir(parents=True)
    code = """
import os, subprocess, sys, multiprocessing
os.chdir(sys.argv[1])
open("a/file", "w").close()
os.mkdir("b")
os.rename("a/file", "b/file")
multiprocessing.Lock()
print(os.listdir("b"), subprocess.run(["touch", "../escaped"], stderr=subprocess.DEVNULL).returncode)
"""
    assert output(Confinement((tmp_path / "own",)), code, tmp_path / "own") == "['file'] 1"
    assert not (tmp_path / "escaped").exists()


@restricting
@pytest.mark.parametrize(("device", "said"), [("nvidiactl", "written"), ("null", None)])
def test_where_cuda_has_a_device_programs_name_their_threads(monkeypatch, tmp_path, guard, device, said):
    (tmp_path / device).touch()
    monkeypatch.setattr(module, "_DEV", tmp_path)
    assert output(Confinement(()), WRITE, "/proc/self/comm", tmp_path / device, tmp_path / "new").split() == [
        said or REFUSALS[guard],
        "written",
        REFUSALS[guard],
    ]


@restricting
@denying
def test_both_at_once(tmp_path):
    said = output(
        Confinement((tmp_path,), network=False), LOOPBACK + WRITE, tmp_path / "own", tmp_path.parent / "other"
    )
    assert said.splitlines()[0] == "Network is unreachable"
    assert said.splitlines()[1].split()[0] == "written"
    assert not (tmp_path.parent / "other").exists()


def test_mounts_are_used_where_there_is_no_landlock(monkeypatch):
    monkeypatch.setattr("interlock.engines._confine.landlock_version", lambda: 0)
    guard_of_writing.cache_clear()
    try:
        assert guard_of_writing() == (None if ENTERS_MOUNTS.returncode else "mounts")
    finally:
        guard_of_writing.cache_clear()


@denying
def test_without_network_there_is_loopback_only(tmp_path):
    assert output(Confinement((tmp_path,), network=False), LOOPBACK) == "Network is unreachable"


def test_a_machine_that_can_do_nothing_runs_the_command_as_it_is(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "guard_of_writing", lambda: None)
    assert Confinement((tmp_path,)).command(["cc", "--version"]) == ["cc", "--version"]
    assert Confinement((tmp_path,), network=False).command(["cc"])[-1] == "cc"


def test_with_the_network_switched_off_builds_have_none_where_that_can_be_enforced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (has_network(True), has_network(False)) == (True, False)
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    monkeypatch.setattr(module, "network_obstacle", lambda: None)
    assert not has_network(True)
    monkeypatch.setattr(module, "network_obstacle", lambda: "no namespaces")
    assert has_network(True)
