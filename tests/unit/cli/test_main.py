from __future__ import annotations

import json
import signal
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


def test_a_working_directory_that_was_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert main.main(["env", "info", "--json"]) == 2
    assert [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]] == ["IL193"]
