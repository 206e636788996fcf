from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import pytest

from interlock.core import sources
from interlock.core.sources import left_out, source_files, tree_digest, tree_stamp
from interlock_hooks.testing.files import write_tree

CACHE_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with a package, a script and a package called build."""
    files = {"pyproject.toml": "", "src/pkg/__init__.py": "1", "src/build/a.py": "1", "run.sh": "#!/bin/sh"}
    return write_tree(tmp_path / "repository" / "project", files)


def names(tree: Path) -> list[str]:
    return [file.name for file in source_files(str(tree))]


def identities(tree: Path) -> tuple[str, str]:
    return tree_digest(str(tree)), tree_stamp(str(tree))[1]


def assert_noticed(tree: Path, before: tuple[str, str]) -> None:
    """Both what is quick and what is thorough see the change, so that neither hides it from the other."""
    digest, stamp = identities(tree)
    assert digest != before[0]
    assert stamp != before[1]


def test_folders_with_common_names_count_below_the_top(tree: Path) -> None:
    assert names(tree) == ["pyproject.toml", "run.sh", "src/build/a.py", "src/pkg/__init__.py"]
    before = identities(tree)
    (tree / "src/build/a.py").write_text("other")
    assert_noticed(tree, before)


@pytest.mark.parametrize(
    "made",
    [
        "build/lib/pkg/__init__.py",
        "dist/pkg-1.whl",
        "libs/other/build/x.o",
        "src/pkg.egg-info/PKG-INFO",
        "src/pkg/__pycache__/a.pyc",
        ".interlock/envs/default/bin/python",
        "libs/other/.pixi/envs/default/bin/python",
        "env/conda-meta/history",
        "venv/pyvenv.cfg",
        "out/CMakeCache.txt",
        ".git/HEAD",
        ".idea/workspace.xml",
        "web/node_modules/left/index.js",
        "interlock.lock",
    ],
)
def test_what_tools_make_does_not_count(tree: Path, made: str) -> None:
    write_tree(tree, {"libs/other/setup.py": ""})
    before = identities(tree)
    write_tree(tree, {made: "made"})
    assert identities(tree) == before


def test_a_cache_counts_only_if_its_tag_is_none(tree: Path) -> None:
    before = names(tree)
    write_tree(tree, {"target/CACHEDIR.TAG": CACHE_TAG, "target/debug/x.rlib": ""})
    assert names(tree) == before
    (tree / "target/CACHEDIR.TAG").write_text("a file that is only called so")
    assert "target/debug/x.rlib" in names(tree)


@pytest.mark.parametrize("path", ["build/__init__.py", "native/CMakeLists.txt", ".cargo/config.toml", "src/dist/a.py"])
def test_what_only_looks_made_counts(tree: Path, path: str) -> None:
    if path == "native/CMakeLists.txt":
        write_tree(tree, {"native/CMakeCache.txt": ""})  # configured in its own source directory
    write_tree(tree, {path: ""})
    assert path in names(tree)


def test_the_digest_of_a_tree_is_about_its_sources(tmp_path: Path) -> None:
    (tmp_path / "src" / "build").mkdir(parents=True)
    (tmp_path / "src" / "build" / "module.py").write_text("1")
    first = tree_digest(str(tmp_path))
    for result in ("build", "dist", ".git", "__pycache__"):
        (tmp_path / result).mkdir()
        (tmp_path / result / "file").touch()
    assert tree_digest(str(tmp_path)) == first
    (tmp_path / "src" / "build" / "module.py").write_text("2")
    assert tree_digest(str(tmp_path)) != first


def test_removed_files_and_executable_bits_count(tree: Path) -> None:
    before = identities(tree)
    (tree / "run.sh").chmod(0o644)
    assert_noticed(tree, before)
    before = identities(tree)
    (tree / "src/build/a.py").unlink()
    assert_noticed(tree, before)


def test_a_link_counts_by_what_a_build_finds_behind_it(tree: Path) -> None:
    write_tree(tree.parent, {"common/shared.py": "1", "elsewhere.py": "1"})
    (tree / "src/common").symlink_to("../../common")
    (tree / "src/one.py").symlink_to("../../elsewhere.py")
    (tree / "src/again").symlink_to("pkg")
    (tree / "src/data").symlink_to(tree.parent / "common")
    assert {"src/common/shared.py", "src/one.py", "src/again", "src/data"} <= set(names(tree))
    for path in ("common/shared.py", "elsewhere.py"):
        before = identities(tree)
        (tree.parent / path).write_text("other")
        assert_noticed(tree, before)
    before = identities(tree)
    (tree / "src/again").unlink()
    (tree / "src/again").symlink_to("build")
    assert_noticed(tree, before)


def test_links_cannot_make_a_circle(tree: Path) -> None:
    write_tree(tree.parent, {"common/a.py": ""})
    links = {"up": "../..", "self": ".", "src/common": "../../common", "dangling": "nowhere", "own": "own"}
    for link, target in links.items():
        (tree / link).symlink_to(target)
    (tree.parent / "common/back").symlink_to("../project")
    (tree.parent / "common/loop").symlink_to("../common")
    found = names(tree)
    assert len(found) == len(set(found))
    assert {"up", "self", "dangling", "own", "src/common/a.py"} <= set(found)
    before = identities(tree)
    (tree / "run.sh").write_text("#!/bin/bash")
    assert_noticed(tree, before)


def test_links_do_not_lead_into_another_repository(tree: Path) -> None:
    write_tree(tree.parent.parent, {"beside/a.py": ""})
    (tree / "beside").symlink_to("../../beside")
    (tree.parent / ".git").mkdir()
    assert "beside" in names(tree)
    (tree.parent / ".git").rmdir()
    assert "beside/a.py" in names(tree)


def test_odd_names_and_special_files_are_no_obstacle(tree: Path) -> None:
    before = names(tree)
    os.mkfifo(tree / "pipe")
    assert names(tree) == before
    Path(os.fsdecode(os.fsencode(tree) + b"/\xff.py")).touch()
    assert len(identities(tree)[0]) == 64
    assert left_out(str(tree), ["pipe", "src", "run.sh"]) == {"pipe"}


def test_a_copy_has_what_a_build_may_read_but_nothing_that_was_made(tree: Path) -> None:
    write_tree(
        tree,
        {
            ".git/HEAD": "",
            "dist/app.js": "",
            ".venv/pyvenv.cfg": "",
            "build/lib/old.py": "",
            "build/bdist.linux-x86_64/x": "",
            "pkg.egg-info/SOURCES.txt": "",
        },
    )
    kept = {path.name for path in tree.iterdir()}
    assert left_out(str(tree), kept) == {".venv", "build", "pkg.egg-info"}


def test_the_stamp_tells_when_a_file_last_changed(tree: Path) -> None:
    first, _ = tree_stamp(str(tree))
    os.utime(tree / "run.sh", ns=(1, 1))
    assert tree_stamp(str(tree))[0] == (tree / "run.sh").stat().st_ctime_ns >= first


def test_only_the_standard_library_and_names_are_imported() -> None:
    module = ast.parse(Path(sources.__file__).read_text(encoding="utf-8"))
    found = {node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
    found |= {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
    assert {name for name in found if name.split(".")[0] not in sys.stdlib_module_names} == {"interlock.core.names"}
