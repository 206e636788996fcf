from __future__ import annotations

import signal
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
