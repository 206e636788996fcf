from __future__ import annotations

from pathlib import Path

import pytest

from interlock.core.deciding import CacheKeys, cache_keys, deciding_files
from interlock.core.globs import Pattern
from interlock_hooks.testing.files import write_tree


def others(tree: Path) -> list[str]:
    return [path.relative_to(tree).as_posix() for path in deciding_files(tree)][3:]


def test_files_that_decide_metadata_are_listed_before_they_exist(tmp_path: Path) -> None:
    write_tree(tmp_path, {"requirements/base.txt": "", "notes.md": ""})
    listed = [path.relative_to(tmp_path).as_posix() for path in deciding_files(tmp_path)]
    assert listed == ["pyproject.toml", "setup.py", "setup.cfg", "requirements/base.txt"]


SETUPTOOLS = """
[tool.setuptools.dynamic]
version = { attr = "lib.version" }
readme = { file = ["notes.md"] }
dependencies = { file = ["deps/run.lst", "gone.lst", "../outside.lst"] }
optional-dependencies = { gpu = { file = "deps/gpu.lst" } }
"""
HATCHLING = """
[tool.hatch.metadata.hooks.requirements_txt]
files = ["deps/run.lst"]
[tool.hatch.metadata.hooks.requirements_txt.optional-dependencies]
gpu = ["deps/gpu.lst"]
"""
SETUP_CFG = """
[metadata]
long_description = file: notes.md
[options]
install_requires = file: deps/run.lst, gone.lst
[options.extras_require]
gpu =
    file: deps/gpu.lst
"""


@pytest.mark.parametrize(
    ("name", "text"), [("pyproject.toml", SETUPTOOLS), ("pyproject.toml", HATCHLING), ("setup.cfg", SETUP_CFG)]
)
def test_files_that_a_tree_names_decide_its_metadata(tmp_path: Path, name: str, text: str) -> None:
    tree = tmp_path / "tree"
    write_tree(tmp_path, {"outside.lst": ""})
    write_tree(tree, {"deps/run.lst": "", "deps/gpu.lst": "", "deps/unused.lst": "", "notes.md": "", name: text})
    assert others(tree) == ["deps/gpu.lst", "deps/run.lst"]


@pytest.mark.parametrize("text", ["[", "[options\nx", "[options]\ninstall_requires = %(gone)s\n"])
def test_a_tree_that_cannot_be_read_names_nothing(tmp_path: Path, text: str) -> None:
    write_tree(tmp_path, {"pyproject.toml": text, "setup.cfg": text})
    assert others(tmp_path) == []


def keys(tree: Path, listed: str) -> CacheKeys:
    write_tree(tree, {"pyproject.toml": f"[tool.uv]\ncache-keys = {listed}\n"})
    return cache_keys(tree)


def test_what_a_build_depends_on(tmp_path: Path) -> None:
    assert cache_keys(tmp_path) == CacheKeys()
    found = keys(tmp_path, '["a.txt", { file = "csrc/**/*.cu" }, { dir = "src" }, { env = "CC" }, { git = true }]')
    files = (tmp_path / "a.txt", Pattern(str(tmp_path), "csrc/**/*.cu"), Pattern(str(tmp_path), "src/"))
    assert found == CacheKeys(files=files, commit=True)
    assert keys(tmp_path, "[{ git = { tags = true } }]") == CacheKeys(tags=True)
    assert keys(tmp_path, "[{ git = { commit = true } }, { git = false }]") == CacheKeys(commit=True)


@pytest.mark.parametrize("listed", ["1", "[1, [], { file = 1 }, { dir = '' }, { git = 'x' }]", '["", "a\\u0000b"]'])
def test_keys_that_make_no_sense_are_left_out(tmp_path: Path, listed: str) -> None:
    assert keys(tmp_path, listed) == CacheKeys()
