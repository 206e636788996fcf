"""Direct references in `[project]`, in the spellings of pip, uv, hatch and PDM."""

from __future__ import annotations

import subprocess

import pytest

from interlock_hooks.testing.sdists import Source
from interlock_hooks.testing.wheels import write_wheel
from kit.project import Project

pytestmark = pytest.mark.scenario


def test_relative_references_start_from_the_project(project: Project) -> None:
    project.index.wheel("small", "1.0")
    (project.root / "dist").mkdir()
    for name in ("by-hatch", "by-path", "by-file", "by-slashes", "by-pdm"):
        write_wheel(project.root / "dist", name, "1.0")
    write_wheel(project.root.parent, "beside", "1.0", requires=["small"])
    tree = Source(name="by-git", version="1.0").write_tree(project.root / "libs" / "by-git")
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=tree, check=True)
    project.declare(
        "by-hatch @ {root:uri}/dist/by_hatch-1.0-py3-none-any.whl",
        "by-path @ ./dist/by_path-1.0-py3-none-any.whl",
        "by-file @ file:./dist/by_file-1.0-py3-none-any.whl",
        "by-slashes @ file://./dist/by_slashes-1.0-py3-none-any.whl",
        "by-pdm @ file:///${PROJECT_ROOT}/dist/by_pdm-1.0-py3-none-any.whl",
        "by-git @ git+./libs/by-git",
        "beside @ ../beside-1.0-py3-none-any.whl",
    )
    project.install().ok()
    names = ("by-hatch", "by-path", "by-file", "by-slashes", "by-pdm", "by-git", "beside", "small")
    assert {name: project.versions().get(name) for name in names} == dict.fromkeys(names, "1.0")
    assert str(project.root) not in project.lock_file.read_text()


@pytest.mark.parametrize("url", ["https://host:port/lib-1.0-py3-none-any.whl", "https://example.com/lib", "hg+./lib"])
def test_what_nothing_can_be_fetched_from_stops_at_its_line(project: Project, url: str) -> None:
    project.index.wheel("small", "1.0")
    project.declare("small")
    project.make_lock().ok()
    before = project.lock_file.read_text()
    manifest = project.declare("small", f"lib @ {url}")
    finding = project.make_lock().failed(2, "IL109")
    assert manifest.read_text().splitlines()[finding["where"]["line"] - 1].count(url) == 1
    assert project.lock_file.read_text() == before
