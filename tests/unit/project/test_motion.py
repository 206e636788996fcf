"""What a command line that moves versions means, and what it names that cannot move."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.lock.model import Lock
from interlock.project.motion import check_names, motion_of
from interlock.project.opening import Project, open_project
from interlock_hooks.types import InterlockError
from kit.locked import locked, record, wheel

MANIFEST = """
[workspace]
channels = ["x"]
platforms = ["linux-64", "osx-arm64"]
[environments]
one = { solve-group = "both" }
two = { solve-group = "both" }
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    manifest = tmp_path / "pixi.toml"
    manifest.write_text(MANIFEST)
    return open_project(str(manifest))


def lock() -> Lock:
    found = Lock().with_environment(locked(record("numpy 1.0"), pypi=[wheel("rich 13")]), digest="a")
    return found.with_environment(locked(record("tool 1.0"), name="one"), digest="b")


def test_a_motion_covers_what_is_solved_together(project: Project) -> None:
    motion = motion_of(project, ["numpy"], ["one"], ["linux-64"])
    solves = {
        (name, platform): motion.covers(project.workspace.solve(name, platform))
        for name in ("default", "one", "two")
        for platform in ("linux-64", "osx-arm64")
    }
    assert [key for key, covered in solves.items() if covered] == [("one", "linux-64"), ("two", "linux-64")]
    assert motion.is_limited
    everything = motion_of(project, [], [], [])
    assert not everything.is_limited
    assert everything.moves.everything
    assert everything.covers(project.workspace.solve("default", "osx-arm64"))


@pytest.mark.parametrize(("environments", "platforms", "code"), [(["on"], [], "IL112"), ([], ["win-64"], "IL115")])
def test_environments_and_platforms_must_be_known(
    project: Project, environments: list[str], platforms: list[str], code: str
) -> None:
    with pytest.raises(InterlockError) as raised:
        motion_of(project, [], environments, platforms)
    assert raised.value.findings[0].code == code


def test_a_name_that_is_not_locked_is_told_with_the_nearest_or_its_place(project: Project) -> None:
    check_names(lock(), motion_of(project, ["NumPy", "rich"], [], []), ["NumPy", "rich"])
    limited = motion_of(project, ["nunpy", "tool"], ["default"], [])
    with pytest.raises(InterlockError) as raised:
        check_names(lock(), limited, ["nunpy", "tool"])
    near, elsewhere = raised.value.findings
    assert (near.code, near.fix) == ("IL141", "did you mean 'numpy'?")
    assert elsewhere.why == "it is locked in one on linux-64"
