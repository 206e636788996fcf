from __future__ import annotations

import errno
import os
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from interlock.install import place
from interlock.install.findings import waited_too_long, waiting
from interlock.install.holder import Holder
from interlock.install.place import check_place, exclusive, remove_prefix
from interlock_hooks.types import Event, FindingReported, InterlockError


def refusal(prefix: Path) -> str:
    with pytest.raises(InterlockError) as caught:
        check_place(prefix)
    return caught.value.findings[0].code


def test_a_new_or_empty_directory_is_fine(tmp_path: Path) -> None:
    check_place(tmp_path / "a/b")
    check_place(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_not(tmp_path: Path) -> None:
    (tmp_path / "envs").write_text("")
    assert refusal(tmp_path / "envs/default") == "IL610"


@pytest.mark.parametrize("content", ["thesis.txt", "pyvenv.cfg"])
def test_a_directory_of_something_else_is_not(tmp_path: Path, content: str) -> None:
    (tmp_path / content).write_text("")
    assert refusal(tmp_path) == "IL610"


@pytest.mark.parametrize(("file", "text"), [("pixi", "{}"), ("history", "==> now <==\n# cmd: conda create\n")])
def test_an_environment_of_another_tool_is_not(tmp_path: Path, file: str, text: str) -> None:
    meta = tmp_path / "conda-meta"
    meta.mkdir()
    (meta / file).write_text(text)
    (meta / "tool-1.0-0.json").write_text("{}")
    assert refusal(tmp_path) == "IL617"
    # In one that Interlock made, conda may have been used since.
    (meta / "interlock").write_text("")
    check_place(tmp_path)


def test_an_environment_of_conda_without_packages_is_fine(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta/history").write_text("==> now <==\n# cmd: conda create\n")
    check_place(tmp_path)


def test_one_that_lost_its_state_is_fine(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta/history").write_text("")
    check_place(tmp_path)


def test_a_second_process_waits_and_says_so(tmp_path: Path) -> None:
    prefix = tmp_path / "envs/default"
    prefix.parent.mkdir()
    held = FileLock(prefix.parent / ".default.lock")
    held.acquire()
    events: list[Event] = []
    waiting = threading.Event()

    def emit(event: Event) -> None:
        events.append(event)
        waiting.set()

    def wait() -> None:
        with exclusive(prefix, emit):
            pass

    other = threading.Thread(target=wait)
    other.start()
    assert waiting.wait(10)
    held.release()
    other.join(10)
    assert not other.is_alive()
    assert [event.finding.code for event in events if isinstance(event, FindingReported)] == ["IL616"]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_a_place_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(place.FileLock, "acquire", fail)
    with pytest.raises(InterlockError) as caught, exclusive(tmp_path / "env", lambda event: None):
        pass
    assert caught.value.findings[0].code == "IL611"


def test_who_holds_a_prefix_is_told_to_whoever_does_not_wait(tmp_path: Path) -> None:
    prefix, events = tmp_path / "default", list[Event]()
    with (
        exclusive(prefix, events.append),
        pytest.raises(InterlockError) as caught,
        exclusive(prefix, events.append, timeout=0),
    ):
        pass
    (finding,) = caught.value.findings
    assert finding.code == "IL632"
    assert f"process {os.getpid()}, for 0" in finding.why
    assert [event.finding.why for event in events if isinstance(event, FindingReported)] == [
        finding.why.partition(";")[0]
    ]
    assert [path.name for path in tmp_path.iterdir()] in ([], [".default.lock"])
    with exclusive(prefix, events.append, timeout=0):
        pass


def test_of_a_holder_on_another_host_it_is_told_what_to_do(tmp_path: Path) -> None:
    prefix = tmp_path / "default"
    holder = Holder(pid=12, host="elsewhere", since=0.0)
    for finding in (waiting(prefix, holder), waited_too_long(prefix, holder, 1)):
        assert finding.fix == (
            f"see on elsewhere whether process 12 still runs; only if it does not, delete {tmp_path}/.default.lock"
        )
    here = replace(holder, host=socket.gethostname())
    assert not waiting(prefix, here).fix
    assert "run the command again later" in waited_too_long(prefix, here, 1).fix


def test_a_prefix_whose_removal_is_interrupted_is_gone_and_its_rest_goes_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = tmp_path / "default"
    (prefix / "conda-meta").mkdir(parents=True)

    def interrupted(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            remove_prefix(prefix)
    assert not prefix.exists()
    prefix.mkdir()
    remove_prefix(prefix)
    assert list(tmp_path.iterdir()) == []


def test_the_lock_does_not_depend_on_the_name_of_its_holder(tmp_path: Path) -> None:
    holder = tmp_path / ".default.holder"
    holder.mkdir()
    with exclusive(tmp_path / "default", lambda event: None):
        assert holder.is_dir()
