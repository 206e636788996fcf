"""Running programs: what they print, how they end, and that nothing of them is left."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engines import process
from interlock.engines.process import Completed, ProcessTimeout, run, stream
from interlock.engines.work import end_all
from kit.pipes import Pipe

ENV = {"PATH": "/usr/bin:/bin"}
# A program that has started says so, and then does nothing until it is ended.
WAITS = 'echo "$$" > {pipe}; exec sleep 600'
# The same as a grandchild which ignores the polite request, in the group or in a session of its own.
STUBBORN = """sh -c 'trap "" TERM; echo "$$" > {pipe}; while :; do sleep 600; done' & wait"""
ELSEWHERE = """setsid sh -c 'echo "$$" > {pipe}; exec sleep 600' & wait"""


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def lines_of(args: list[str]) -> list[str]:
    lines: list[str] = []
    assert stream(args, env=ENV, on_line=lines.append) == 0
    return lines


def wait_until_gone(pid: int) -> None:
    """Wait for the end of a process that was told to end, whether or not anybody collects its status."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            ended, _, _ = select.select([handle], [], [], 60)
        finally:
            os.close(handle)
        assert ended, f"process {pid} still runs"


# -- output ----------------------------------------------------------------------------------------------------------


def test_lines_of_stderr_are_handed_on_as_they_appear() -> None:
    lines: list[str] = []
    done = run(shell("echo one >&2; echo out; printf 'two\\rthree' >&2"), env=ENV, on_error_line=lines.append)
    assert lines == ["one", "two", "three"]
    assert (done.stdout, done.stderr) == ("out\n", "one\ntwo\nthree")


def test_run_captures_both_streams_and_the_status() -> None:
    done = run(shell("echo out; echo err >&2; exit 3"), env=ENV)
    assert done == Completed(("/bin/sh", "-c", "echo out; echo err >&2; exit 3"), 3, "out\n", "err\n")


def test_run_reads_more_than_a_pipe_holds_on_both_streams() -> None:
    done = run(python("import sys; sys.stdout.write('o' * 3**12); sys.stderr.write('e' * 3**12)"), env=ENV)
    assert (len(done.stdout), len(done.stderr)) == (3**12, 3**12)


def test_a_signal_is_a_negative_status() -> None:
    assert run(shell("kill -9 $$"), env=ENV).returncode == -9


def test_only_the_given_variables_reach_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRAY", "1")
    variables = run(["/usr/bin/env"], env={"GIVEN": "1"}).stdout.split()
    assert "GIVEN=1" in variables
    assert "STRAY=1" not in variables


def test_the_directory_is_set_and_stdin_is_empty(tmp_path: Path) -> None:
    assert run(shell("pwd; cat"), env=ENV, cwd=tmp_path).stdout.strip() == str(tmp_path.resolve())


@pytest.mark.parametrize("entry", [run, lambda args, env: stream(args, env=env, on_line=print)])
def test_a_program_that_does_not_exist(entry: object) -> None:
    with pytest.raises(FileNotFoundError):
        entry(["/does/not/exist"], env=ENV)  # type: ignore[operator]


def test_stream_merges_both_streams_in_order() -> None:
    assert lines_of(shell("echo one; echo two >&2; echo three")) == ["one", "two", "three"]


def test_lines_arrive_while_the_program_runs(pipe: Pipe) -> None:
    """The program goes on only after its first line was seen."""

    def see(line: str) -> None:
        seen.append(line)
        if line == "first":
            Path(gate).touch()

    seen: list[str] = []
    gate = f"{pipe.path}.open"
    script = f"echo first; while ! test -e {gate}; do :; done; echo second"
    assert stream(shell(script), env=ENV, on_line=see, timeout=60) == 0
    assert seen == ["first", "second"]


@pytest.mark.parametrize(
    ("printed", "lines"),
    [
        ("one\\ntwo\\n", ["one", "two"]),
        ("one\\r\\ntwo\\r\\n", ["one", "two"]),
        ("10\\r20\\rdone\\n", ["10", "20", "done"]),
        ("no end", ["no end"]),
        ("\\n\\nx\\n", ["", "", "x"]),
        ("", []),
        ("caf\\303\\251\\n", ["café"]),
        ("\\377bad\\n", ["\ufffdbad"]),
    ],
)
def test_what_ends_a_line(printed: str, lines: list[str]) -> None:
    assert lines_of(["/usr/bin/printf", printed]) == lines


@given(st.text(alphabet="a é\r\n", max_size=30), st.integers(1, 7))
def test_lines_do_not_depend_on_how_output_is_cut(text: str, size: int) -> None:
    data = text.encode()
    cutter = process._Lines()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    lines = [line for piece in pieces for line in cutter.feed(piece)] + cutter.feed(b"", final=True)
    assert lines == text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")[: len(lines)]
    assert "".join(lines) == text.replace("\r", "").replace("\n", "")


def test_a_line_without_end_is_handed_on_in_parts() -> None:
    lines = lines_of(python("print('x' * 1_000_000)"))
    assert len(lines) > 1
    assert "".join(lines) == "x" * 1_000_000


# -- ending ----------------------------------------------------------------------------------------------------------


def test_a_timeout_ends_the_program() -> None:
    with pytest.raises(ProcessTimeout) as error:
        run(shell("exec sleep 600"), env=ENV, timeout=0.1)
    assert error.value.seconds == 0.1
    assert str(error.value) == "/bin/sh ran longer than 0.1 s"


def test_a_timeout_holds_for_a_program_that_prints_all_the_time() -> None:
    with pytest.raises(ProcessTimeout):
        stream(shell("while :; do echo y; done"), env=ENV, on_line=lambda line: None, timeout=0.1)


def test_a_timeout_holds_for_a_program_that_closed_its_output() -> None:
    with pytest.raises(ProcessTimeout):
        run(shell("exec >&- 2>&-; exec sleep 600"), env=ENV, timeout=0.1)


@pytest.mark.parametrize("script", [WAITS, STUBBORN, ELSEWHERE])
def test_an_interrupt_ends_the_program_and_its_descendants(pipe: Pipe, script: str) -> None:
    pids = []

    def stop(line: str) -> None:
        pids.append(int(pipe.read()))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stream(shell("echo go; " + script.format(pipe=pipe.path)), env=ENV, on_line=stop)
    wait_until_gone(pids[0])


@pytest.mark.parametrize("script", ["sleep 600 & echo $!", "setsid sleep 600 & echo $!"])
def test_the_end_of_the_program_is_the_end_of_its_output(script: str) -> None:
    """What a program leaves behind holds its output open, and must not hold up the caller."""
    done = run(shell(script), env=ENV, timeout=60)
    pid = int(done.stdout)
    if "setsid" in script:
        os.kill(pid, signal.SIGKILL)  # nobody's descendant any more: a daemon, which only must not be waited for
    wait_until_gone(pid)


def test_what_was_printed_before_the_end_is_not_lost(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    assert lines_of(shell(f"(echo early; echo > {gate}; exec sleep 600) & read line < {gate}")) == ["early"]


def test_end_all_ends_what_runs_in_other_threads(pipe: Pipe) -> None:
    outcome: list[object] = []
    thread = threading.Thread(
        target=lambda: outcome.append(run(shell(WAITS.format(pipe=pipe.path)), env=ENV).returncode)
    )
    thread.start()
    pid = int(pipe.read())
    end_all()
    thread.join()
    assert outcome == [-15]
    wait_until_gone(pid)


def test_nothing_stays_open() -> None:
    before = set(Path("/proc/self/fd").iterdir())
    run(shell("echo out"), env=ENV)
    stream(shell("echo out"), env=ENV, on_line=lambda line: None)
    with pytest.raises(ProcessTimeout):
        run(shell("sleep 600"), env=ENV, timeout=0.1)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.name.endswith("(_wait_and_sweep)"):
            thread.join()
    assert set(Path("/proc/self/fd").iterdir()) <= before
