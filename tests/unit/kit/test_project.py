"""Projects: manifests, clean environments, results, plugins, pipes."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import tomli

from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.result import Result
from interlock_hooks.testing.server import Served
from kit.pipes import Pipe
from kit.project import PYTHON, Project


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    """A project whose channel and index are empty."""
    index = Index(tmp_path / "index", Served(url="http://127.0.0.1:1/simple/"))
    return Project(tmp_path, Channel(tmp_path / "channel"), index, tmp_path / "caches")


def test_a_declared_manifest_names_the_local_sources(bare: Project) -> None:
    path = bare.declare("torch==2.6.0", conda={"cuda-toolkit": "12.4.*"}, extra="[tool.interlock]\nplugins = []\n")
    manifest = tomli.loads(path.read_text())
    assert manifest["project"]["dependencies"] == ["torch==2.6.0"]
    pixi = manifest["tool"]["pixi"]
    assert pixi["workspace"]["channels"] == [bare.channel.folder.as_uri()]
    assert pixi["dependencies"] == {"python": f"{PYTHON}.*", "cuda-toolkit": "12.4.*"}
    assert pixi["pypi-options"]["index-url"] == bare.index.url
    assert manifest["tool"]["interlock"] == {"plugins": []}


def test_commands_do_not_see_the_callers_variables(bare: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_HOME", "/somewhere")
    variables = bare.environment({"CC": "cc"}, [Path("/fake")])
    assert "CUDA_HOME" not in variables
    assert variables["CC"] == "cc"
    assert variables["PATH"].startswith("/fake:")


def test_a_snapshot_notices_every_change(bare: Project) -> None:
    (bare.prefix / "lib").mkdir(parents=True)
    (bare.prefix / "lib" / "file").write_text("one")
    before = bare.snapshot()
    assert bare.snapshot() == before
    (bare.prefix / "lib" / "file").write_text("two")
    assert bare.snapshot() != before
    bare.lock_file.write_text("")
    assert bare.snapshot()["interlock.lock"] != "absent"


def test_a_result_that_should_have_succeeded_shows_itself() -> None:
    with pytest.raises(AssertionError, match="the reason"):
        Result(("interlock",), 1, "", "the reason").ok()


def failure(code: str = "IL401", severity: str = "error") -> str:
    return json.dumps({"findings": [{"code": code, "severity": severity, "what": "it broke"}]})


def test_a_failure_gives_its_finding() -> None:
    assert Result(("x",), 3, failure(), "").failed(3, "IL4")["what"] == "it broke"


@pytest.mark.parametrize(
    "result",
    [
        Result(("x",), 1, failure(), ""),
        Result(("x",), 3, failure("IL301"), ""),
        Result(("x",), 3, failure(severity="warning"), ""),
        Result(("x",), 3, failure(), "Traceback (most recent call last)"),
    ],
)
def test_a_failure_of_another_kind_is_not_accepted(result: Result) -> None:
    with pytest.raises(AssertionError):
        result.failed(3, "IL4")


def test_a_pipe_waits_for_its_writer(pipe: Pipe) -> None:
    writer = threading.Thread(target=lambda: pipe.path.write_text("here"))
    writer.start()
    assert pipe.read() == "here"
    writer.join()


def test_pipes_can_be_read_again(pipe: Pipe) -> None:
    code = f"open({str(pipe.path)!r}, 'w').write('again')"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code], check=True)
        assert pipe.read() == "again"
