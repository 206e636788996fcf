from __future__ import annotations

from pathlib import Path

import pytest

from interlock.manifest.build_system import declared_requirements
from interlock_hooks.types import BuildRequirement, InterlockError

CU = """
[[tool.uv.index]]
name = "cu"
url = "https://index.example/cu"
explicit = true
"""


def write(folder: Path, text: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(f"[project]\nname = {folder.name!r}\n{text}")
    return folder


def found(tree: Path, *requires: str) -> list[tuple[str, str | None]]:
    return [(each.requirement, each.index) for each in declared_requirements(tree, requires)]


def test_without_sources_nothing_changes(tmp_path: Path) -> None:
    expected = (BuildRequirement(requirement="Tool>=1", origin="backend"),)
    assert declared_requirements(tmp_path, ["Tool>=1"]) == expected
    assert declared_requirements(write(tmp_path / "tree"), ["Tool>=1"]) == expected


def test_each_requirement_comes_from_its_source(tmp_path: Path) -> None:
    tool = write(tmp_path / "tool")
    sources = """
    [tool.uv.sources]
    my-tool = { path = "../tool" }
    tlib = { index = "cu", marker = "sys_platform == 'linux'" }
    """
    tree = write(tmp_path / "tree", CU + sources)
    assert found(tree, "My.Tool>=1", "tlib<2", "Other ==1") == [
        (f"my-tool @ {tool.as_uri()}", None),
        ('tlib<2 ; sys_platform == "linux"', "https://index.example/cu"),
        ('tlib<2 ; (sys_platform != "linux")', None),
        ("Other ==1", None),
    ]


def test_sources_are_left_out_where_uv_leaves_them_out(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", '[tool.uv]\nno-sources = true\n[tool.uv.sources]\ntool = { path = "../tool" }\n')
    assert found(tree, "tool") == [("tool", None)]


def test_a_member_of_a_workspace_has_the_sources_of_its_root(tmp_path: Path) -> None:
    root = write(
        tmp_path / "all",
        """
        [tool.uv.workspace]
        members = ["tree", "tool"]
        [tool.uv.sources]
        tool = { workspace = true }
        other = { path = "tool" }
        """,
    )
    tool = write(root / "tool")
    tree = write(root / "tree", CU + '[tool.uv.sources]\nother = { index = "cu" }\n')
    assert found(tree, "tool", "other") == [
        (f"tool @ {tool.as_uri()}", None),
        ("other", "https://index.example/cu"),
    ]
    assert found(write(root / "alone"), "tool") == [("tool", None)]


@pytest.mark.parametrize(("source", "code"), [('{ path = "../none" }', "IL120"), ('{ index = "none" }', "IL105")])
def test_a_source_that_cannot_be_had_is_told_with_its_file(tmp_path: Path, source: str, code: str) -> None:
    tree = write(tmp_path / "tree", f"[tool.uv.sources]\ntool = {source}\n")
    assert found(tree, "other") == [("other", None)]
    with pytest.raises(InterlockError) as error:
        declared_requirements(tree, ["tool"])
    (finding,) = error.value.findings
    assert finding.code == code
    assert finding.where is not None
    assert finding.where.file.endswith("tree/pyproject.toml")
