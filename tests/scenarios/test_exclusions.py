"""sdists that cannot tell their metadata: left out with their reason, and the newest that works is found."""

from __future__ import annotations

import pytest

from interlock_hooks.testing.sdists import Backend
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

ANCIENT = "only versions >=3.6,<3.10 are supported"


@pytest.fixture
def numba(project: Project) -> Project:
    """numba's shape: releases with wheels want an older numpy, and an sdist of years ago does not say so."""
    for version in ("2.0", "2.1"):
        project.index.wheel("numpyx", version)
    for version in ("0.60", "0.61"):
        project.index.wheel("numbax", version, requires=["numpyx<2.1"])
    refusing = f"raise RuntimeError('Cannot install on this Python; {ANCIENT}')"
    for version in ("0.5", "0.6"):
        project.index.sdist("numbax", version, dynamic=True, backend=Backend(on_metadata=refusing))
    return project


def test_an_ancient_sdist_that_cannot_be_built_is_not_the_answer(numba: Project) -> None:
    numba.declare("numpyx", "numbax")
    locked = numba.make_lock().ok()
    assert numba.locked() == {"numpyx": "2.0", "numbax": "0.61"}
    (warning,) = [finding for finding in locked.findings if finding["code"] == "IL484"]
    assert warning["what"] == "numbax 0.6 and older cannot be used; numbax 0.61 is used instead"
    assert ANCIENT in warning["why"]
    (package,) = numba.run("env", "why", "numbax", "--json").ok().json["packages"]
    assert [(entry["version"], entry["older"]) for entry in package["not_used"]] == [("0.6", True)]
    assert "numbax 0.6 and older: its metadata is not available" in numba.run("env", "why", "numbax").ok().out
    # What was learned stays in the lock when something else changes.
    numba.index.wheel("more", "1.0")
    numba.declare("numpyx", "numbax", "more")
    numba.make_lock().ok()
    assert numba.locked()["numbax"] == "0.61"
    (package,) = numba.run("env", "why", "numbax", "--json").ok().json["packages"]
    assert len(package["not_used"]) == 1


def test_conda_moves_instead(numba: Project) -> None:
    for version in ("2.0", "2.1"):
        numba.channel.add_distribution("numpyx", version, python=PYTHON)
    numba.declare("numbax", conda={"numpyx": "*"})
    numba.make_lock().ok()
    assert numba.locked() == {"numbax": "0.61"}
    assert {record["name"]: record["version"] for record in numba.lock["conda"]}["numpyx"] == "2.0"


def test_a_broken_newest_release_is_passed_over(project: Project) -> None:
    project.index.sdist("tool", "1.9", dynamic=True)
    project.index.sdist("tool", "2.0", dynamic=True, backend=Backend(on_metadata="raise SystemExit('no VERSION file')"))
    project.declare("tool")
    installed = project.install().ok()
    assert project.versions() == {"tool": "1.9"}
    assert [finding["code"] for finding in installed.findings if finding["code"] == "IL484"] == ["IL484"]


def test_a_pinned_release_is_not_replaced(project: Project) -> None:
    project.index.sdist("tool", "1.9", dynamic=True)
    project.index.sdist("tool", "2.0", dynamic=True, backend=Backend(on_metadata="raise SystemExit('no VERSION file')"))
    project.declare("tool==2.0")
    assert "no VERSION file" in str(project.make_lock().failed(3, "IL430"))
    assert not project.lock_file.exists()


def test_without_another_release_the_failure_itself_is_told(project: Project) -> None:
    for version in ("1.9", "2.0"):
        refusing = Backend(on_metadata=f"raise SystemExit('{version} does not build')")
        project.index.sdist("tool", version, dynamic=True, backend=refusing)
    project.declare("tool")
    assert "2.0 does not build" in str(project.make_lock().failed(3, "IL430"))


def test_newer_versions_that_conflict_are_told(project: Project) -> None:
    project.index.wheel("numpyx", "2.1")
    project.index.wheel("app", "2.0", requires=["numpyx<2"])
    project.index.wheel("app", "1.0")
    project.declare("numpyx", "app")
    project.make_lock().ok()
    (package,) = project.run("env", "why", "app", "--json").ok().json["packages"]
    assert package["version"] == "1.0"
    assert [entry["why"] for entry in package["not_used"]] == ["it needs numpyx<2, and numpyx is 2.1"]


def test_a_wheel_that_only_misses_by_its_c_library(project: Project) -> None:
    project.index.sdist("gd", "0.20")
    project.index.wheel("gd", "0.20", tag="py3-none-manylinux_2_39_x86_64")
    project.index.sdist("pure", "1.0")
    libc = '[tool.pixi.system-requirements]\nlibc = "{}"\n'
    project.declare("gd", "pure", extra=libc.format("2.28"))
    locked = project.make_lock().ok()
    (note,) = [finding for finding in locked.findings if finding["code"] == "IL314"]
    assert (note["severity"], note["what"]) == ("note", "gd 0.20 is built from source, although there is a wheel")
    assert '`libc = "2.39"`' in note["fix"]
    assert [finding for finding in locked.findings if finding["code"] == "IL484"] == []
    (package,) = project.run("env", "why", "gd", "--json").ok().json["packages"]
    assert "needs glibc 2.39, and 2.28 is assumed" in package["not_used"][0]["why"]
    project.declare("gd", "pure", extra=libc.format("2.39"))
    assert project.make_lock().ok().findings == []
    assert any(str(entry.get("artifact", {}).get("filename", "")).endswith(".whl") for entry in project.lock["pypi"])


def test_a_source_that_is_wanted_needs_no_note(project: Project) -> None:
    project.index.sdist("gd", "0.20")
    project.index.wheel("gd", "0.20", tag="py3-none-manylinux_2_39_x86_64")
    project.declare("gd", pypi_options={"no-binary": ["gd"]})
    assert project.make_lock().ok().findings == []
