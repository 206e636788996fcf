"""A lock that an attacker wrote: installing it writes nowhere but into the project and the caches."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from interlock.engines import control_group, git, uv
from interlock.engines.process import Completed
from interlock.engines.rattler import installer
from interlock.lock.writer import render
from kit.fuzzing import no_hang, share
from kit.strategies.attacks import attacked_locks
from kit.strategies.lock_files import ONE, ROOT
from kit.stub_engines import run, stub_engines
from kit.watch import Watch

MANIFEST = """\
[project]
name = "under-attack"
dependencies = ["torch", "flask>=3"]
[tool.pixi.workspace]
channels = ["https://channels.example/main"]
platforms = ["linux-64"]
[tool.pixi.dependencies]
python = "3.12.*"
[tool.pixi.pypi-dependencies]
mylib = { path = "package", editable = true }
"""


class Place:
    """A project, a cache and temporary files in one folder, and beside it what must stay as it is."""

    def __init__(self, folder: Path) -> None:
        self.root, self.victim = folder / "allowed" / "project", folder / "victim"
        self.watch = Watch([folder / "allowed"])
        self._victims = folder
        for each in (self.root / "package", self.victim, folder / "allowed" / "tmp"):
            each.mkdir(parents=True)
        (self.victim / "pyproject.toml").write_text('[project]\nname = "victim"\nversion = "1"\n')
        (self.root / "pyproject.toml").write_text(MANIFEST)

    def beside(self) -> dict[str, bytes]:
        """All that lies in the folder but not below what may be changed."""
        files = (path for path in self._victims.rglob("*") if path.is_file() or path.is_symlink())
        kept = (path for path in files if not path.is_relative_to(self._victims / "allowed"))
        return {str(path): path.read_bytes() for path in kept}


async def _linked(records: Sequence[Any], target: Path, *_: object) -> None:
    (target / "bin").mkdir(exist_ok=True)
    (target / "bin" / "python").touch()


def _does_nothing(command: Sequence[str], *_: object, **__: object) -> Completed:
    return Completed(tuple(command), 0, "", "")


def _refused(command: Sequence[str | Path], *_: object, **__: object) -> Completed:
    return Completed(tuple(map(str, command)), 1, "", "refused")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("attacks")
    made = Place(folder)
    with stub_engines(folder / "allowed" / "cache"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder / "allowed" / "tmp"))
        patch.setattr("tempfile.tempdir", str(folder / "allowed" / "tmp"))
        patch.setattr(installer, "_install", _linked)
        patch.setattr(uv, "run", _does_nothing)
        patch.setattr(git, "run", _refused)
        # The kernel's files, where no lock has a say.
        patch.setattr(control_group, "_own_group", lambda: None)
        yield made


def attack(place: Place, lock: bytes) -> int:
    (place.root / "interlock.lock").write_bytes(lock)
    shutil.rmtree(place.root / ".interlock", ignore_errors=True)
    before = place.beside()
    with no_hang(), place.watch.watching():
        outcome = run("env", "install", "--frozen", "--json", cwd=place.root)
    assert outcome.code in (0, 1, 2, 3, 4), outcome
    for finding in outcome.document["findings"]:
        assert finding["code"] not in ("IL999", "IL805"), finding
    assert place.watch.outside == []
    # Asked what it is; it came from the conda packages that were linked.
    assert set(place.watch.programs) <= {str(place.root / ".interlock/envs/default/bin/python")}
    assert place.beside() == before
    return outcome.code


@share(0.05)
@given(attacked_locks)
def test_installing_a_lock_of_an_attacker(place: Place, lock: bytes) -> None:
    attack(place, lock)


def test_the_lock_that_is_changed_installs_until_something_is_fetched(place: Place) -> None:
    assert attack(place, render(ONE, ROOT).encode()) == 3
