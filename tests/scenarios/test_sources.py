"""`[tool.uv.sources]` with markers: for each target the source whose marker holds, else the default index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock_hooks.testing.index import Index
from interlock_hooks.testing.sdists import Backend, Source
from interlock_hooks.testing.server import serve
from interlock_hooks.testing.wheels import write_wheel
from kit.project import Project

pytestmark = pytest.mark.scenario

SOURCE = '{{ index = "{index}", marker = "{marker}" }}'
PLATFORMS = ["linux-64", "win-64", "osx-arm64"]


@pytest.fixture
def indexes(tmp_path: Path) -> Iterator[dict[str, Index]]:
    """Two further indexes; both have tlib, in versions of their own."""
    found = {}
    for name in ("cu", "cpu"):
        (tmp_path / name).mkdir()
    with serve(tmp_path / "cu") as cu, serve(tmp_path / "cpu") as cpu:
        for served, name in ((cu, "cu"), (cpu, "cpu")):
            found[name] = Index(tmp_path / name, served)
            found[name].wheel("tlib", f"1.0+{name}")
        yield found


def declare(project: Project, indexes: dict[str, Index], source: str, python: str = "*") -> None:
    """tlib from a source on three platforms; of Python only records are needed to lock for them."""
    project.index.wheel("tlib", "1.0")
    tables = [
        f'[[tool.uv.index]]\nname = "{name}"\nurl = "{index.url}"\nexplicit = true\n' for name, index in indexes.items()
    ]
    project.declare(
        "tlib>=1",
        conda={"python": python},
        workspace={"platforms": PLATFORMS},
        extra="".join(tables) + f"[tool.uv.sources]\ntlib = {source}\n",
    )


def address(index: Index) -> str:
    """What the addresses of an index and of its files begin with."""
    return index.url.removesuffix("simple/")


def chosen(project: Project, indexes: dict[str, Index]) -> dict[str, tuple[str, str]]:
    """For each platform the version of tlib and the index that served the artifact; that of the lock is the same."""
    addresses = {address(index): name for name, index in {**indexes, "default": project.index}.items()}
    found = {}
    for platform in PLATFORMS:
        version = project.locked(platform)["tlib"]
        (block,) = [each for each in project.lock["pypi"] if (each["name"], each["version"]) == ("tlib", version)]
        (place,) = [each for each in addresses if block["artifact"]["url"].startswith(each)]
        assert block.get("index", place).startswith(place)
        found[platform] = (version, addresses[place])
    return found


def test_a_marker_of_a_platform_counts_on_that_platform_only(project: Project, indexes: dict[str, Index]) -> None:
    project.channel.add("python", "3.12.9", noarch="generic")
    declare(project, indexes, '[{ index = "cu", marker = "sys_platform == \'linux\'" }]')
    project.make_lock().ok()
    elsewhere = ("1.0", "default")
    assert chosen(project, indexes) == {"linux-64": ("1.0+cu", "cu"), "win-64": elsewhere, "osx-arm64": elsewhere}

    both = [("cu", "sys_platform == 'linux'"), ("cpu", "sys_platform == 'win32'")]
    declare(project, indexes, f"[{', '.join(SOURCE.format(index=index, marker=marker) for index, marker in both)}]")
    project.make_lock().ok()
    expected = {"linux-64": ("1.0+cu", "cu"), "win-64": ("1.0+cpu", "cpu"), "osx-arm64": elsewhere}
    assert chosen(project, indexes) == expected


def test_a_marker_of_the_interpreter_is_decided_for_the_one_that_is_solved(
    project: Project, indexes: dict[str, Index]
) -> None:
    """conda would take 3.13, which another package does not allow."""
    for version in ("3.12.9", "3.13.1"):
        project.channel.add("python", version, noarch="generic")
    declare(project, indexes, '[{ index = "cu", marker = "python_version < \'3.13\'" }]')
    project.make_lock().ok()
    assert chosen(project, indexes)["linux-64"] == ("1.0", "default")
    project.index.wheel("app", "1.0", tag="cp312-none-any")
    text = (project.root / "pyproject.toml").read_text()
    (project.root / "pyproject.toml").write_text(text.replace('"tlib>=1",', '"tlib>=1", "app",'))
    project.make_lock().ok()
    assert chosen(project, indexes) == dict.fromkeys(PLATFORMS, ("1.0+cu", "cu"))


def test_sources_of_all_kinds(project: Project, indexes: dict[str, Index]) -> None:
    project.channel.add("python", "3.12.9", noarch="generic")
    write_wheel(project.root / "dist", "tlib", "2.0")
    Source(name="tlib", version="3.0").write_tree(project.root / "tlib")
    wheel = indexes["cu"].wheel("tlib", "4.0")
    url = f"{address(indexes['cu'])}files/{wheel.name}"
    sources = [
        """{ path = "dist/tlib-2.0-py3-none-any.whl", marker = "sys_platform == 'linux'" }""",
        """{ path = "tlib", editable = true, marker = "sys_platform == 'win32'" }""",
        f"""{{ url = "{url}", marker = "sys_platform == 'darwin'" }}""",
    ]
    declare(project, indexes, f"[{', '.join(sources)}]")
    project.make_lock().ok()
    assert [project.locked(platform)["tlib"] for platform in PLATFORMS] == ["2.0", "3.0", "4.0"]


def test_two_sources_at_once_are_an_error(project: Project, indexes: dict[str, Index]) -> None:
    project.channel.add("python", "3.12.9", noarch="generic")
    declare(project, indexes, '[{ index = "cu", marker = "sys_platform != \'win32\'" }, { index = "cpu" }]')
    finding = project.make_lock().failed(1, "IL308")
    assert "tlib has 2 sources for Python 3.12 on linux-64" in finding["what"]
    assert finding["where"]["line"]
    assert not project.lock_file.exists()


def test_requirements_of_builds_come_from_their_sources(project: Project, indexes: dict[str, Index]) -> None:
    for name in ("tlib", "tool"):
        project.index.wheel(name, "1.0")
    Source(name="tool", version="1.5").write_tree(project.root / "tool")
    project.index.sdist("ext", "1.0", backend=Backend(imports=["tlib", "tool"]))
    declared = f"""
        [[tool.uv.index]]
        name = "cu"
        url = "{indexes["cu"].url}"
        explicit = true
        [tool.uv.extra-build-dependencies]
        ext = ["tlib", "tool>=1"]
        [tool.uv.sources]
        tlib = {{ index = "cu" }}
        tool = {{ path = "tool" }}
    """
    project.declare("ext", extra=declared)
    assert project.install().ok().findings == []
    assert project.plan("ext")["overlay"] == {"tlib": "1.0+cu", "tool": "1.5"}
    assert project.built("ext")["imports"] == {"tlib": "1.0+cu", "tool": "1.5"}
    assert str(project.root) not in project.lock_file.read_text()
    project.declare("ext", extra=declared.replace('tool = { path = "tool" }', ""))
    project.make_lock("--check").failed(1, "IL6")
    project.install().ok()
    assert project.built("ext")["imports"] == {"tlib": "1.0+cu", "tool": "1.0"}


def test_a_local_tree_is_built_with_its_own_sources(project: Project, indexes: dict[str, Index]) -> None:
    for name in ("tlib", "tool"):
        project.index.wheel(name, "9.0")
    Source(name="tool", version="1.5").write_tree(project.root / "tool")
    backend = Backend(requires=["tlib", "tool>=1"], imports=["tlib", "tool"])
    tree = Source(name="ext", version="1.0", backend=backend).write_tree(project.root / "ext")
    with (tree / "pyproject.toml").open("a") as manifest:
        manifest.write(
            f"""
[[tool.uv.index]]
name = "cu"
url = "{indexes["cu"].url}"
explicit = true
[tool.uv.sources]
tlib = {{ index = "cu" }}
tool = {{ path = "../tool" }}
"""
        )
    project.declare("ext @ ./ext")
    project.install().ok()
    assert project.plan("ext")["overlay"] == {"tlib": "1.0+cu", "tool": "1.5"}
    assert project.built("ext")["imports"] == {"tlib": "1.0+cu", "tool": "1.5"}
    assert str(project.root) not in project.lock_file.read_text()
    assert project.install("--locked").ok().json["changed"] is False


def test_a_source_of_what_only_other_packages_require_has_no_effect(
    project: Project, indexes: dict[str, Index]
) -> None:
    project.index.wheel("tlib", "1.0")
    project.index.wheel("user", "1.0", requires=["tlib"])
    declared = f"""
        [[tool.uv.index]]
        name = "cu"
        url = "{indexes["cu"].url}"
        explicit = true
        [tool.uv.sources]
        tlib = {{ index = "cu" }}
    """
    manifest = project.declare("user", extra=declared)
    (finding,) = project.make_lock().ok().findings
    assert (finding["code"], finding["severity"]) == ("IL107", "warning")
    assert manifest.read_text().splitlines()[finding["where"]["line"] - 1].strip().startswith("tlib = ")
    assert project.locked() == {"user": "1.0", "tlib": "1.0"}
    # As the warning says.
    project.declare("user", "tlib", extra=declared)
    assert project.make_lock().ok().findings == []
    assert project.locked() == {"user": "1.0", "tlib": "1.0+cu"}


@pytest.mark.parametrize("key", ["override-dependencies", "constraint-dependencies"])
def test_a_source_of_an_override_counts_for_what_other_packages_require(project: Project, key: str) -> None:
    project.index.wheel("small", "1.0", requires=["mylib"])
    project.index.wheel("mylib", "0.5")
    Source(name="mylib", version="1.0").write_tree(project.root / "mylib")
    project.declare("small", extra=f'[tool.uv]\n{key} = ["mylib"]\n[tool.uv.sources]\nmylib = {{ path = "mylib" }}\n')
    assert project.make_lock().ok().findings == []
    assert project.locked() == {"small": "1.0", "mylib": "1.0"}
