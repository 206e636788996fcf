"""The places that a request names, and those that the projects there name in turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.manifest.named_places import computes_places, places_in, places_with_theirs


def project(folder: Path, pyproject: str = "", **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(pyproject)
    for name, text in files.items():
        (folder / name.replace("_py", ".py").replace("_cfg", ".cfg")).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("lib @ file:///src/my%20lib", "/src/my lib"),
        ("lib[x] @ file:///src/lib ; python_version > '3'", "/src/lib"),
        ("lib @ file:///src#subdirectory=a/b&egg=lib", "/src/a/b"),
        ("-e file:///src/lib", "/src/lib"),
        ("lib @ git+https://host/lib", None),
        ("lib>1", None),
    ],
)
def test_places_in_requirements(text: str, place: str | None) -> None:
    assert list(places_in([text])) == ([] if place is None else [Path(place)])


@pytest.mark.parametrize(
    "pyproject",
    [
        '[tool.uv.sources]\nb = { path = "../b", editable = true }\n',
        '[tool.uv.sources]\nb = [{ path = "../b", marker = "python_version > \'3\'" }, { index = "x" }]\n',
        '[tool.poetry.dependencies]\nb = { path = "../b", develop = true }\n',
        '[tool.poetry.group.dev.dependencies.b]\npath = "../b"\n',
        '[project]\nname = "a"\ndependencies = ["b @ file://${PROJECT_ROOT}/../b"]\n',
        '[project.optional-dependencies]\nx = ["b @ {root:uri}/../b"]\n',
        '[build-system]\nrequires = ["b @ file:TMP/b"]\n',
    ],
)
def test_what_a_project_requires_by_path_belongs_to_it(tmp_path: Path, pyproject: str) -> None:
    a = project(tmp_path / "a", pyproject.replace("TMP", str(tmp_path)))
    b = project(tmp_path / "b", '[tool.uv.sources]\nc = { path = "../c" }\n')
    c = project(tmp_path / "c", '[tool.uv.sources]\na = { path = "../a" }\n')
    project(tmp_path / "d")
    (tmp_path / "link").symlink_to(a)
    assert places_with_theirs([tmp_path / "link"]) == {a, b, c}


def test_members_of_a_workspace_belong_to_it(tmp_path: Path) -> None:
    uv = '[tool.uv.workspace]\nmembers = ["packages/*"]\n[tool.uv.sources]\nc = { path = "c" }\n'
    root = project(tmp_path / "root", uv)
    a, b = (project(root / "packages" / name, f'[project]\nname = "{name}"\n') for name in "ab")
    project(root / "other" / "d", '[project]\nname = "d"\n')
    assert places_with_theirs([a]) == {root, a, b, root / "c"}


def test_scripts_may_make_addresses(tmp_path: Path) -> None:
    a = project(tmp_path / "a", setup_py='setup(install_requires=[f"b @ file://{here}/../b"])')
    b = project(tmp_path / "b", setup_cfg=f"[options]\ninstall_requires =\n  c @ file://{tmp_path}/c\n")
    c = project(tmp_path / "c", setup_py="setup(name='c', install_requires=['d'])")
    assert [computes_places(each) for each in (a, b, c)] == [True, True, False]
    assert places_with_theirs([b]) == {b, c}


@pytest.mark.parametrize(
    ("pyproject", "computed"),
    [
        ('[build-system]\nbuild-backend = "own"\nbackend-path = ["."]\n', True),
        ('[build-system]\nbuild-backend = "hatchling.build"\n[project]\ndynamic = ["dependencies"]\n', True),
        ('[build-system]\nbuild-backend = "hatchling.build"\n[project]\ndynamic = ["version"]\n', False),
        ('[build-system]\nbuild-backend = "setuptools.build_meta"\n[project]\ndynamic = ["dependencies"]\n', False),
        ('[build-system]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry]\nname = "a"\n', False),
        ("", False),
    ],
)
def test_other_backends_may_make_addresses_of_what_is_dynamic(tmp_path: Path, pyproject: str, computed: bool) -> None:
    assert computes_places(project(tmp_path / "a", pyproject)) is computed
