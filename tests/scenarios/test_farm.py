"""A farm: every combination of versions is solved, and its wheels are in the store, whatever else fails."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from interlock_hooks.testing.sdists import WAIT, Backend
from kit.pipes import Pipe
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

OPTIONS = """
[tool.uv.extra-build-dependencies]
flash = [{{ requirement = "torch", match-runtime = true }}]
[tool.interlock.build]
jobs = 1
writable = ["{pipe}"]
[tool.interlock.build.packages.seeing]
mode = "no-isolation"
"""
TOO_NEW = "\nraise SystemExit('torch is too new')\n"


def test_what_fails_stops_nothing_else_and_what_was_built_stays(project: Project, tmp_path: Path) -> None:
    pipe = Pipe(tmp_path / "pipe")
    options = OPTIONS.format(pipe=pipe.path)
    for version in ("2.6.0", "2.6.1", "2.7.0", "2.8.0"):
        project.index.wheel("torch", version)
    project.index.wheel("gate", "1.0", requires=["torch<2.8"])
    project.index.sdist("flash", "1.0", requires=["torch"], backend=Backend(imports=["torch"]))
    project.index.sdist("plain", "1.0")
    # With the newer torch it says where it is, and waits.
    on_build = f"""
import torch
if torch.__version__ >= "2.7":
{"".join(f"    {line}{chr(10)}" for line in (WAIT.format(pipe=str(pipe.path)) + TOO_NEW).splitlines())}
"""
    project.index.sdist("picky", "1.0", backend=Backend(requires=["torch"], on_build=on_build))
    seeing = Backend(imports=["plain", "torch"])
    project.index.sdist("seeing", "1.0", requires=["plain"], backend=seeing)
    project.declare("torch", "gate", "flash", "plain", "picky", "seeing", extra=options)
    matrix = ("flash", "plain", "picky", "--matrix", f"python={PYTHON}", "torch=2.6,2.7,2.8")

    running = project.start("wheels", "build", *matrix)
    pipe.read()
    running.send_signal(signal.SIGINT)
    running.communicate()
    assert running.returncode == 130
    pipe.path.unlink()
    pipe.close()

    done = project.run("wheels", "build", *matrix, "--json")
    assert done.code == 3
    wheels = {(each["combination"]["torch"], each["name"]): each for each in done.json["wheels"]}
    assert {key: each["status"] for key, each in wheels.items()} == {
        ("2.6", "flash"): "stored",
        ("2.6", "picky"): "stored",
        ("2.6", "plain"): "stored",
        ("2.7", "flash"): "stored",
        ("2.7", "picky"): "failed",
        ("2.7", "plain"): "stored",
        ("2.8", None): "unsolvable",
    }
    assert (done.json["combinations"], done.json["builds"]) == (3, 5)
    assert "torch is too new" in wheels["2.7", "picky"]["why"]
    assert "torch is too new" in Path(wheels["2.7", "picky"]["log"]).read_text()
    assert "gate depend on torch<2.8" in wheels["2.8", None]["why"]
    assert wheels["2.6", "plain"]["wheel"] == wheels["2.7", "plain"]["wheel"]
    assert wheels["2.6", "flash"]["wheel"] != wheels["2.7", "flash"]["wheel"]
    assert [each["code"] for each in done.json["findings"]] == ["IL430", "IL310"]
    # The project has neither lock nor environment of it, and an install finds the wheel.
    assert not project.lock_file.exists()
    assert not project.prefix.exists()
    # What sees the environment gets one of its own, with what was built before.
    shown = project.run("wheels", "build", "seeing", "--matrix", "torch=2.6").ok()
    assert "1 combination, 2 different builds: 1 built, 1 in the store" in shown.out
    shown = project.run("wheels", "build", "seeing", "--matrix", "torch=2.6").ok()
    assert ": 2 in the store" in shown.out
    assert "link conda packages" not in shown.err
    assert list((project.cache / "builds").iterdir()) == []
    project.declare("torch==2.7.0", "flash", extra=options)
    assert [each["from_store"] for each in project.install().ok().json["built"]] == [True]

    # What is pinned stays pinned, and words behind the matrix are packages.
    shown = project.run("wheels", "build", "--matrix", "torch=2.7,2.6", "flash", "--dry-run")
    assert shown.code == 1
    assert "2 combinations, 1 different build: 1 in the store, 1 without a solution" in shown.out
    project.run("wheels", "build", "torch", "--matrix", "torch=2.7", "--json").failed(1, "IL685")
    told = project.run("wheels", "build", "--matrix", "trch=2.7", "cuda=12.8", "--json")
    told.failed(1, "IL686")
    assert [each["what"].rsplit(" ", 1)[1] for each in told.findings] == ["trch", "cuda"]
    project.run("wheels", "build", "--matrix", "torch=", "--json").failed(2, "IL187")
