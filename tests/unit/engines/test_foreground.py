"""Programs of the user's: what becomes of signals, standard input and exit codes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from interlock.engines.foreground import attend, become
from interlock_hooks.types import InterlockError

BECOME = """
import os, sys
from interlock.engines.foreground import become
become(sys.argv[1], sys.argv[1:], dict(os.environ))
"""
ATTEND = """
import os, sys
from interlock.engines.foreground import attend
sys.exit(attend(sys.argv[1], sys.argv[1:], dict(os.environ)))
"""
# Says that it is there, and how it was told to end.
STUBBORN = """
trap 'echo told; exit 9' TERM INT
echo ready
while :; do sleep 0.05; done
"""


def start(code: str, *command: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **options,
    )


def script(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("code", [BECOME, ATTEND], ids=["become", "attend"])
def test_standard_input_and_exit_code_are_the_programs(code: str) -> None:
    process = start(code, "/bin/sh", "-c", "read line; echo got $line; exit 7")
    assert process.communicate("this\n", timeout=60) == ("got this\n", None)
    assert process.returncode == 7


@pytest.mark.parametrize("code", [BECOME, ATTEND], ids=["become", "attend"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_reaches_the_program_which_decides(code: str, number: signal.Signals) -> None:
    process = start(code, "/bin/sh", "-c", STUBBORN)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    assert process.communicate(timeout=60) == ("told\n", None)
    assert process.returncode == 9


def test_a_signal_that_ended_the_program_is_told_as_a_shell_does() -> None:
    process = start(ATTEND, "/bin/sh", "-c", "kill -TERM $$")
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM


def test_no_signal_is_ignored_that_python_alone_ignores() -> None:
    process = start(BECOME, "/bin/sh", "-c", "grep SigIgn /proc/self/status", preexec_fn=_default_signals)
    out, _ = process.communicate(timeout=60)
    assert int(out.split()[1], 16) & (1 << (signal.SIGPIPE - 1) | 1 << (signal.SIGXFSZ - 1)) == 0, out


def _default_signals() -> None:
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("code", [BECOME, ATTEND], ids=["become", "attend"])
def test_a_script_without_a_first_line_is_one_for_sh(code: str, tmp_path: Path) -> None:
    process = start(code, script(tmp_path / "tool", 'echo "$1"; exit 3\n'), "an argument")
    assert process.communicate(timeout=60) == ("an argument\n", None)
    assert process.returncode == 3


@pytest.mark.parametrize("run", [become, attend])
def test_what_cannot_be_started(run, tmp_path: Path) -> None:
    program = script(tmp_path / "tool", "#!/surely/missing -x\n")
    with pytest.raises(InterlockError) as error:
        run(program, ["tool"], dict(os.environ))
    (finding,) = error.value.findings
    assert finding.code == "IL195"
    assert "/surely/missing" in finding.why
    assert finding.exit_code == 2
    assert signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN


def test_handlers_are_as_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert attend("/bin/true", ["true"], dict(os.environ)) == 0
    assert signal.getsignal(signal.SIGTERM) is before
