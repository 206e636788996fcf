from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from interlock.cli import main


def test_an_interrupt_that_python_wraps_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the midst of the definition of a class it arrives as a RuntimeError."""

    def interrupted(*_: object) -> NoReturn:
        raise RuntimeError("error calling __set_name__") from KeyboardInterrupt()

    monkeypatch.setattr(main, "_command", interrupted)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert main._run("interlock", ["env", "lock"], folder=".") == 130
    assert capsys.readouterr().err.startswith("interrupted")


def test_a_terminal_without_the_characters(tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text('[workspace]\nname = "\u2192"\nchannels = []\nplatforms = ["linux-64"]\n')
    for locale in ({"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        command = [sys.executable, "-m", "interlock", "env", "info"]
        done = subprocess.run(command, cwd=tmp_path, env={**os.environ, **locale}, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert rb"\u2192" in done.stdout


def test_streams_that_the_caller_has_closed(tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text('[workspace]\nchannels = []\nplatforms = ["linux-64"]\n')
    command = f"exec '{sys.executable}' -m interlock env info <&- >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], cwd=tmp_path, check=False).returncode == 0


def test_a_working_directory_that_was_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert main.main(["env", "info", "--json"]) == 2
    assert [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]] == ["IL193"]


def test_each_command_can_be_the_first_that_is_imported() -> None:
    """Scenarios run commands in forks that have imported all of them."""
    code = """
import importlib, os, pkgutil, sys
import packaging.requirements, packaging.tags, pluggy, rattler, requests, rich.console  # only to save time
import interlock.cli.commands as commands

codes = {}
for module in pkgutil.iter_modules(commands.__path__):
    if (child := os.fork()) == 0:
        importlib.import_module(f"{commands.__name__}.{module.name}").run
        os._exit(0)
    codes[module.name] = os.waitpid(child, 0)[1]
sys.exit(", ".join(name for name, code in codes.items() if code) or not codes)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("option", ["-e=--", "--manifest-path=--", "--prefix=--"])
def test_two_dashes_are_not_the_value_of_an_option(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main.main(["env", "doctor", option])
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    assert code == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "command", "why"),
    [
        (["env", "install", "--json", "--lock"], "env install", "unrecognized arguments: --lock"),
        (["--json"], "", "the following arguments are required: COMMAND"),
        (["env", "instal", "--json"], "env", "there is no command 'instal': did you mean `interlock env install`?"),
        (["env", "why", "--json"], "env why", "the following arguments are required: PKG"),
        (["env", "doctor", "--json", "--prefix=--"], "env doctor", ""),
    ],
)
def test_a_wrong_command_line_is_answered_in_json_too(
    arguments: list[str], command: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main.main(arguments)
    assert end.value.code == 2
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert (document["command"], document["ok"], document["exit_code"]) == (command, False, 2)
    (finding,) = document["findings"]
    assert finding["code"] == "IL188"
    assert why in finding["why"]
    assert "usage: interlock" in err


def test_an_option_of_the_program_is_no_question_for_json(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.main(["env", "run", "--lock", "--", "x", "--json"])
    assert capsys.readouterr().out == ""
