from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

import pytest

from interlock.engines.python.interpreter import InterpreterError, ask_interpreter, python_of


def test_an_interpreter_says_what_it_is() -> None:
    found = ask_interpreter(python_of(Path(sys.prefix)))
    assert found.version == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert found.tag == sys.implementation.cache_tag
    assert found.abi == (sysconfig.get_config_var("SOABI") or "")
    assert found.purelib == Path(sysconfig.get_path("purelib"))
    assert found.purelib in found.sites
    assert found.executable.samefile(sys.executable)


def test_a_prefix_may_only_have_python3(tmp_path: Path) -> None:
    assert python_of(tmp_path) == tmp_path / "bin" / "python"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").touch()
    assert python_of(tmp_path) == tmp_path / "bin" / "python3"
    (tmp_path / "bin" / "python").touch()
    assert python_of(tmp_path) == tmp_path / "bin" / "python"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "there is no"),
        ("#!/bin/sh\nexit 3\n", "it ended with 3"),
        ("#!/bin/sh\necho no license >&2; exit 1\n", "no license"),
        ("#!/bin/sh\necho hello\n", "did not answer"),
        ("#!/bin/sh\necho '[]'\n", "did not answer"),
        ("\x7fELF", "Exec format error"),
    ],
)
def test_what_is_no_interpreter_is_said_so(tmp_path: Path, text: str | None, why: str) -> None:
    python = tmp_path / "python"
    if text is not None:
        python.write_text(text)
        python.chmod(0o755)
    with pytest.raises(InterpreterError, match=why):
        ask_interpreter(python)
