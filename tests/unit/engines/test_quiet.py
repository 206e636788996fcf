"""Bars that a library draws on the terminal by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kit.terminal import Terminal

CODE = """
import os, sys
from interlock.engines.quiet import without_bars
with without_bars():
    os.write(2, b"a bar\\n")
    print("progress", file=sys.stderr, flush=True)
os.write(2, b"after\\n")
print("the end", file=sys.stderr)
"""


def test_a_terminal_shows_what_we_print_and_no_bars(tmp_path: Path) -> None:
    terminal = Terminal([sys.executable, "-c", CODE], env={}, cwd=tmp_path)
    assert terminal.wait_for(r"\A[^$]*the end").group() == "progress\nafter\nthe end"
    assert terminal.wait() == 0


def test_where_there_is_no_terminal_nothing_changes() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stderr == "a bar\nprogress\nafter\nthe end\n"
