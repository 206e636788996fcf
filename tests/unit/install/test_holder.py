"""Who works on a prefix."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from interlock.install.holder import read_holder, write_holder


def test_this_process_is_found_again(tmp_path: Path) -> None:
    write_holder(tmp_path / "holder")
    holder = read_holder(tmp_path / "holder")
    assert holder is not None
    assert (holder.pid, holder.host) == (os.getpid(), socket.gethostname())


def test_a_dead_process_holds_nothing_and_another_host_cannot_be_asked(tmp_path: Path) -> None:
    path = tmp_path / "holder"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    path.write_text(json.dumps({"pid": gone.pid, "host": socket.gethostname(), "since": 0.0}))
    assert read_holder(path) is None
    path.write_text(json.dumps({"pid": gone.pid, "host": "elsewhere", "since": 0.0}))
    assert str(read_holder(path)).startswith(f"process {gone.pid} on elsewhere, for ")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": "1", "host": 2, "since": null}', '{"pid": 1}', "\\xff"])
def test_a_damaged_file_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "holder").write_text(text)
    assert read_holder(tmp_path / "holder") is None
    assert read_holder(tmp_path / "absent") is None
