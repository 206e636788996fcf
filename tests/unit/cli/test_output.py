"""What goes to stdout and what to stderr."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys

import pytest
from rich.text import Text

from interlock.cli.output import Output
from interlock.cli.tables import table_of
from interlock_hooks.types import Finding, InterlockError, Location, Severity
from kit.hooks import FINDING

WRONG_HASH = Finding(
    code="IL501", what="wrong hash", where=Location(file="interlock.lock", line=3), fix="lock again", details=("a",)
)


def test_json_is_one_document_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("env list", json=True)
    output.document({"packages": []}, findings=[FINDING])
    output.line("text")
    output.show(Text("text"))
    output.findings([FINDING])
    out, err = capsys.readouterr()
    assert json.loads(out) == {
        "command": "env list",
        "ok": True,
        "packages": [],
        "findings": [
            {
                "code": "IL890",
                "severity": "warning",
                "what": "refused",
                "why": "",
                "where": None,
                "fix": "",
                "details": [],
                "log": None,
                "derivation": [],
                "edits": [],
                "missing": [],
            }
        ],
    }
    assert err == ""


def test_a_verdict_may_be_bad_news(capsys: pytest.CaptureFixture[str]) -> None:
    Output("audit", json=True).verdict({"fits": False}, [FINDING, WRONG_HASH], 4)
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert (told["ok"], told["exit_code"], told["fits"]) == (False, 4, False)
    assert [finding["code"] for finding in told["findings"]] == ["IL890", "IL501"]
    assert "IL501" in err
    assert "IL890" not in err
    Output("audit").verdict({}, [FINDING], 0)
    out, err = capsys.readouterr()
    assert (out, "IL890" in err) == ("", True)


def test_without_json_there_is_no_document(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("env list")
    output.document({"packages": []})
    output.line("a line")
    output.show(Text("a table"))
    output.findings([FINDING])
    out, err = capsys.readouterr()
    assert out == "a line\na table\n"
    assert err == "warning[IL890]: refused\n"


def test_lines_of_a_table_end_with_what_they_say_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    table = table_of("name", "source")
    table.add_row("numpy", "a long place")
    table.add_row("torch", "here")
    Output("env list").show(table)
    assert capsys.readouterr().out == "name   source\nnumpy  a long place\ntorch  here\n"


def test_quiet_shows_errors_only(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("env list", quiet=True)
    output.line("a line")
    output.show(Text("a table"))
    output.findings([FINDING])
    assert capsys.readouterr() == ("", "")
    output.failure(InterlockError(WRONG_HASH, FINDING))
    assert "IL890" not in capsys.readouterr().err
    output.failure(InterlockError(WRONG_HASH))
    assert capsys.readouterr().err.startswith("error[IL501]: wrong hash\n")


def test_what_was_asked_for_is_printed_even_if_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("env list", quiet=True, answers=True)
    output.line("a line")
    output.show(Text("a table"))
    output.findings([FINDING])
    assert capsys.readouterr() == ("a line\na table\n", "")
    Output("env list", json=True, quiet=True, answers=True).line("a line")
    assert capsys.readouterr().out == ""


def test_a_failure_is_told_to_people_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    Output("env install").failure(InterlockError(WRONG_HASH, FINDING))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "warning[IL890]: refused",
        "error[IL501]: wrong hash",
        " where  interlock.lock:3",
        "        a",
        "   fix  lock again",
    ]


def test_a_failure_in_json_has_the_exit_code_and_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    Output("env install", json=True).failure(InterlockError(WRONG_HASH, FINDING))
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["ok"] is False
    assert document["exit_code"] == 4
    assert [finding["code"] for finding in document["findings"]] == ["IL501", "IL890"]
    assert document["findings"][0]["where"] == {"file": "interlock.lock", "line": 3, "key": None}
    assert "error[IL501]" in err


def test_a_traceback_needs_to_be_asked_for_twice(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise LookupError("deep inside")
    except LookupError as cause:
        error = InterlockError(WRONG_HASH)
        error.__cause__ = cause
    for verbose, expected in ((0, False), (1, False), (2, True)):
        Output("env install", verbose=verbose).failure(error)
        assert ("deep inside" in capsys.readouterr().err) is expected


def test_a_bug_is_reported_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    Output("env install", json=True).unforeseen(KeyError("name"))
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["exit_code"] == 1
    (finding,) = document["findings"]
    assert finding["code"] == "IL999"
    assert finding["severity"] == Severity.ERROR.value
    assert "KeyError" in finding["what"]
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/tmp/x"), "IL998", "No space left on device: /tmp/x"),
        (PermissionError(errno.EACCES, "Permission denied", b"/a"), "IL998", "Permission denied: /a"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "/c/x"), "IL998", "Not a directory: /c/x"),
        (
            NotADirectoryError(errno.ENOTDIR, "Not a directory", "/cache/i/stubs"),
            "IL655",
            "cache cannot be used: /cache/i",
        ),
        (FileExistsError(errno.EEXIST, "File exists", "/cache/i"), "IL655", "cache cannot be used: /cache/i"),
        (PermissionError(errno.EROFS, "Read-only file system", "/cache"), "IL655", "cache cannot be used: /cache/i"),
        (
            OSError(errno.ENOSPC, "No space left on device", "/cache/i/x"),
            "IL998",
            "No space left on device: /cache/i/x",
        ),
        (OSError(errno.EMFILE, "Too many open files"), "IL998", "Too many open files"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "/x"), "IL999", "FileNotFoundError"),
        (OSError("not from the system"), "IL999", "OSError"),
    ],
)
def test_what_the_system_refuses_is_no_bug(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: OSError, code: str, said: str
) -> None:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", "/cache/i")
    assert Output("env lock", json=True).failed(error) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["code"] == code
    assert said in finding["what"]


def test_memory_that_runs_out_is_not_a_bug(capsys: pytest.CaptureFixture[str]) -> None:
    assert Output("env lock", json=True).failed(MemoryError()) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["code"] == "IL998"
    assert "memory" in finding["what"]


def test_a_path_that_is_not_utf8(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UnicodeEncodeError) as caught:
        os.fsdecode(b"/home/\xff/project").encode()
    assert Output("env lock", json=True).failed(caught.value) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["exit_code"] == 2
    (finding,) = document["findings"]
    assert finding["code"] == "IL194"
    assert finding["what"] == r"'/home/\udcff/project' is not UTF-8"


def test_an_interrupt(capsys: pytest.CaptureFixture[str]) -> None:
    Output("env install", json=True).interrupted()
    out, err = capsys.readouterr()
    assert json.loads(out)["exit_code"] == 130
    assert err.startswith("interrupted")


def test_a_pipe_gets_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    Output("env list").show(Text("word " * 500))
    assert capsys.readouterr().out.rstrip() == ("word " * 500).rstrip()


class _Sign:
    """Says when it is shown and hidden."""

    def __init__(self, name: str) -> None:
        self._name = name

    def show(self) -> None:
        sys.stdout.write(f"+{self._name}\n")

    def hide(self) -> None:
        sys.stdout.write(f"-{self._name}\n")

    def tell(self, what: str) -> None:
        sys.stdout.write(f"{self._name}:{what}\n")


def test_a_sign_of_work_makes_way_for_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("env add")
    with output.showing(_Sign("waiting")):
        with output.showing(_Sign("progress")):
            output.line("a line")
            output.show(Text("a table"))
            output.tell("x")
        output.script("a script\n")
    output.tell("nobody")
    assert capsys.readouterr().out.split() == [
        *("+waiting", "-waiting", "+progress"),
        *("-progress", "a", "line", "+progress", "-progress", "a", "table", "+progress", "progress:x"),
        *("-progress", "+waiting", "-waiting", "a", "script", "+waiting", "-waiting"),
    ]


def test_another_program_gets_the_terminal_for_good(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("env run", json=True)
    with output.showing(_Sign("waiting")):
        output.hand_over()
        output.document({})
    out = capsys.readouterr().out
    assert out.startswith("+waiting\n-waiting\n{")
    assert "waiting" not in out.partition("{")[2]


def test_colour_that_is_forced_does_not_make_a_terminal_of_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    Output("env list").show(Text("word " * 100))
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_output_costs_little_to_import() -> None:
    code = "import sys, interlock.cli.output as o; o.Output('x').line('done'); print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "done\nFalse\n"
