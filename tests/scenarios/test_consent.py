"""Whose code runs: with ``allow = "listed"``, that of sdists that the manifest names and of no others."""

from __future__ import annotations

import pytest

from interlock_hooks.testing.sdists import Backend
from kit.project import Project

pytestmark = pytest.mark.scenario

LISTED = '[tool.interlock.build]\nallow = "listed"\n'


def test_only_listed_packages_run_their_code(project: Project) -> None:
    ran = project.root.parent / "home" / "ran"
    ran.mkdir()

    def telling(name: str, *requires: str) -> Backend:
        code = f"import pathlib; pathlib.Path({str(ran)!r}, {name!r}).touch()"
        return Backend(on_metadata=code, on_build=code, requires=requires)

    writable = f'writable = ["{ran}"]\n'
    index = project.index
    index.wheel("app", "1.0")
    index.sdist("app", "2.0", backend=telling("app"), dynamic=True)
    index.sdist("dep", "1.0", backend=telling("dep", "tool"), dynamic=True)
    index.sdist("tool", "1.0", backend=telling("tool", "hidden"))
    index.sdist("hidden", "1.0", backend=telling("hidden"))

    project.declare("app", extra=LISTED + writable)
    result = project.make_lock().ok()
    assert project.locked() == {"app": "1.0"}
    (finding,) = result.findings
    assert finding["code"] == "IL484"
    assert 'allow = "listed"' in finding["why"]

    project.declare("app", "dep", extra=LISTED + writable)
    finding = project.make_lock().failed(1, "IL322")
    assert finding["what"].startswith("dep 1.0 would have to run its code")
    assert finding["why"].startswith("the project requires it, ")
    assert "[tool.interlock.build.packages.dep]" in finding["fix"]

    project.declare("app", "dep", extra=LISTED + writable + "[tool.interlock.build.packages.dep]\n")
    finding = project.make_lock().failed(1, "IL322")
    assert finding["why"].startswith("build of dep requires it, ")

    # What uv builds for a build is built with wheels alone.
    tables = "".join(f"[tool.interlock.build.packages.{name}]\n" for name in ("dep", "tool"))
    project.declare("app", "dep", extra=LISTED + writable + tables)
    finding = project.make_lock().failed(3, "IL419")
    assert "hidden" in str(finding)
    assert list(ran.iterdir()) == []
