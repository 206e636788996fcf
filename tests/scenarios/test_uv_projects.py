"""Projects of uv's: sources by extra, and workspaces whose members need each other."""

from __future__ import annotations

import pytest

from interlock_hooks.testing.channel import PLATFORM
from interlock_hooks.testing.index import Index
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

BACKEND = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'


def test_each_extra_takes_torch_from_its_own_index(project: Project) -> None:
    """As uv's guide to torch has it, with an environment for each extra."""
    mirrors = {name: Index(project.index.folder / name) for name in ("cpu", "cu128")}
    for name, mirror in mirrors.items():
        mirror.wheel("torch", f"2.7.0+{name}")
    project.index.wheel("torch", "2.8.0")
    indexes = "".join(
        f'[[tool.uv.index]]\nname = "{name}"\nurl = "{project.index.served.below(name)}"\nexplicit = true\n'
        for name in mirrors
    )
    project.write(
        f"""
[project]
name = "trainer"
version = "1.0"
optional-dependencies = {{ cpu = ["torch>=2.7"], cu128 = ["torch>=2.7"] }}
[tool.uv]
conflicts = [[{{ extra = "cpu" }}, {{ extra = "cu128" }}]]
[tool.uv.sources]
torch = [{{ index = "cpu", extra = "cpu" }}, {{ index = "cu128", extra = "cu128" }}]
{indexes}
[tool.pixi.workspace]
channels = ["{project.channel.url}"]
platforms = ["{PLATFORM}"]
[tool.pixi.dependencies]
python = "{PYTHON}.*"
[tool.pixi.pypi-options]
index-url = "{project.index.url}"
[tool.pixi.environments]
cpu = ["cpu"]
cu128 = ["cu128"]
"""
    )
    project.make_lock().ok()
    versions = sorted(entry["version"] for entry in project.lock["pypi"])
    assert versions == ["2.7.0+cpu", "2.7.0+cu128"]


def test_members_of_a_workspace_are_installed_from_their_directories(project: Project) -> None:
    member = "[tool.uv.sources]\nbase = { workspace = true }\n"
    for name, needs, sources in (("top", '["base"]', member), ("base", "[]", "")):
        folder = project.root / "packages" / name
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(f"name = {name!r}\n")
        metadata = f'[project]\nname = "{name}"\nversion = "1.0"\ndependencies = {needs}\n'
        packages = f'[tool.setuptools]\npackages = ["{name}"]\n'
        (folder / "pyproject.toml").write_text(metadata + packages + sources + BACKEND)
    workspace = '[tool.uv.workspace]\nmembers = ["packages/*"]\n[tool.uv.sources]\ntop = { workspace = true }\n'
    project.declare("top", extra=workspace + "base = { workspace = true }\n")
    project.install().ok()
    assert project.python("import top, base; print(top.name, base.name)") == "top base"
    (project.root / "packages" / "base" / "base" / "__init__.py").write_text("name = 'edited'\n")
    assert project.python("import base; print(base.name)") == "edited"


def test_what_is_excluded_or_overridden_for_one_package_is_installed_and_found_to_be_right(project: Project) -> None:
    project.index.wheel("app", "1.0", requires=["leaf<2", "gone"])
    for version in ("1.0", "2.0"):
        project.index.wheel("leaf", version)
    project.declare(
        "app",
        extra="""
[tool.uv]
exclude-dependencies = ["gone"]
override-dependencies = [{ package = { name = "app", version = "1" }, dependencies = ["leaf>=2"] }]
""",
    )
    installed = project.install().ok().json["pypi"]
    assert {each["name"]: each["version"] for each in installed} == {"app": "1.0", "leaf": "2.0"}
    project.run("env", "doctor").ok()
    # As a member of a workspace, it has the settings of the root.
    (project.root.parent / "pyproject.toml").write_text('[tool.uv.workspace]\nmembers = ["project"]\n')
    project.install("--locked").failed(1, "IL606")
