from __future__ import annotations

import ast
import json
import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from interlock.core.globs import Pattern
from interlock.install import fresh
from interlock.install.fresh import (
    describe_input,
    fresh_state,
    has_same_inputs,
    is_unchanged,
    is_usable,
    prefix_stamp,
    read_state,
)
from interlock.install.state import State, save_state
from interlock_hooks.testing.files import write_tree

SITE = "lib/python3.12/site-packages"


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """A prefix with a python, a conda package and a wheel, installed from two files."""
    made = tmp_path / "env"
    for path in ("bin/python", "conda-meta/python-3.12.7-h0_0.json", f"{SITE}/app/__init__.py"):
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_text("")
    (made / SITE / "app-1.0.dist-info").mkdir()
    for name in ("pyproject.toml", "interlock.lock"):
        (tmp_path / name).write_text(name)
    complete(made)
    return made


def complete(prefix: Path, **changes: object) -> None:
    state = State(environment="default", platform="linux-64", complete=True, site_packages=SITE)
    inputs = [prefix.parent / "pyproject.toml", prefix.parent / "interlock.lock", prefix.parent / "setup.py"]
    save_state(prefix, state, inputs=dict.fromkeys(inputs, time.time_ns()), report={"environment": "default"})


@pytest.mark.parametrize(
    "changes",
    [
        {"environment": 1},
        {"report": "x"},
        {"inputs": {"/nowhere": []}},
        {"inputs": {"/nowhere": ""}},
        {"inputs": 1},
        {"site_packages": 1},
    ],
)
def test_a_state_of_another_shape_is_not_fresh(prefix: Path, changes: dict[str, object]) -> None:
    from interlock import __version__

    place = prefix / fresh.STATE
    place.write_text(json.dumps(json.loads(place.read_text()) | changes))
    assert fresh_state(str(prefix), version=__version__) is None
    place.write_text("[" * 100_000)
    assert fresh_state(str(prefix), version=__version__) is None


def is_fresh(prefix: Path) -> bool:
    from interlock import __version__

    return fresh_state(str(prefix), version=__version__, files=(str(prefix.parent / "pyproject.toml"),)) is not None


def test_what_was_just_installed_is_fresh(prefix: Path) -> None:
    assert is_fresh(prefix)


def test_files_that_fit_a_pattern_are_inputs(prefix: Path) -> None:
    tree = prefix.parent / "lib"
    write_tree(tree, {"src/a.rs": "1", "src/a.py": "1"})

    def complete() -> None:
        state = State(environment="default", platform="linux-64", complete=True, site_packages=SITE)
        inputs = (prefix.parent / "pyproject.toml", Pattern(str(tree), "src/*.rs"), Pattern(str(tree), "gen/"))
        save_state(prefix, state, inputs=dict.fromkeys(inputs, time.time_ns()), report={"environment": "default"})

    complete()
    assert is_fresh(prefix)
    write_tree(tree, {"src/a.py": "other", "src/deep/b.rs": ""})
    assert is_fresh(prefix)
    for changed in ({"src/a.rs": "other"}, {"src/new.rs": ""}, {"gen/x": ""}):
        write_tree(tree, changed)
        assert not is_fresh(prefix)
        complete()
        assert is_fresh(prefix)
    write_tree(tree, {"gen/y": ""})
    assert is_fresh(prefix)
    (tree / "src/a.rs").unlink()
    assert not is_fresh(prefix)


def test_a_file_that_fits_and_changed_while_it_was_installed_is_looked_at_again(prefix: Path) -> None:
    write_tree(prefix.parent / "lib", {"a.rs": "1"})
    state = State(environment="default", platform="linux-64", complete=True, site_packages=SITE)
    manifest = {prefix.parent / "pyproject.toml": time.time_ns()}
    save_state(prefix, state, inputs={**manifest, Pattern(str(prefix.parent / "lib"), "*.rs"): 1}, report={})
    assert not is_fresh(prefix)


def test_a_touched_input_with_the_same_content_is_fresh(prefix: Path) -> None:
    os.utime(prefix.parent / "pyproject.toml", (1, 1))
    assert is_fresh(prefix)


@pytest.mark.parametrize("name", ["pyproject.toml", "interlock.lock", "setup.py"])
def test_a_changed_or_new_input_is_not(prefix: Path, name: str) -> None:
    (prefix.parent / name).write_text("x" * len(name))
    assert not is_fresh(prefix)


def test_a_deleted_input_is_not(prefix: Path) -> None:
    (prefix.parent / "interlock.lock").unlink()
    assert not is_fresh(prefix)


def test_a_manifest_that_was_not_read_is_not(prefix: Path) -> None:
    from interlock import __version__

    assert fresh_state(str(prefix), version=__version__, files=(str(prefix.parent / "pixi.toml"),)) is None


def test_another_version_of_interlock_looks_again(prefix: Path) -> None:
    assert fresh_state(str(prefix), version="0.0.0") is None


def test_an_override_of_a_virtual_package_counts(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDA_OVERRIDE_CUDA", "12.4")
    assert not is_fresh(prefix)
    complete(prefix)
    assert is_fresh(prefix)


@pytest.mark.parametrize(
    "path",
    [
        "conda-meta/python-3.12.7-h0_0.json",
        f"{SITE}/app",
        f"{SITE}/app-1.0.dist-info",
        "bin/python",
        "conda-meta",
        SITE,
    ],
)
def test_what_is_deleted_from_the_prefix_is_noticed(prefix: Path, path: str) -> None:
    place = prefix / path
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    assert not is_fresh(prefix)


@pytest.mark.parametrize("path", ["conda-meta/foo-1-0.json", f"{SITE}/foo-1.dist-info/RECORD", f"{SITE}/foo.pth"])
def test_what_other_tools_install_is_noticed(prefix: Path, path: str) -> None:
    (prefix / path).parent.mkdir(exist_ok=True)
    (prefix / path).write_text("")
    assert not is_fresh(prefix)


@pytest.mark.parametrize("path", ["__pycache__/six.pyc", "app/__pycache__/a.pyc", "app/cache.db"])
def test_what_programs_write_on_their_way_is_not(prefix: Path, path: str) -> None:
    (prefix / SITE / path).parent.mkdir(exist_ok=True)
    (prefix / SITE / path).write_text("")
    assert is_fresh(prefix)


DECISIVE = ["schema", "interlock", "complete", "frozen", "prefix", "site_packages", "inputs", "overrides", "stamp"]


@pytest.mark.parametrize("key", DECISIVE)
@pytest.mark.parametrize("value", ["missing", 7, 2**63, ["x"], "x"])
def test_a_damaged_state_means_looking_again(prefix: Path, key: str, value: object) -> None:
    path = prefix / fresh.STATE
    state = json.loads(path.read_text())
    if value == "missing":
        del state[key]
    else:
        state[key] = False if key == "complete" else value
    path.write_text(json.dumps(state))
    assert not is_fresh(prefix)


def test_a_state_that_is_no_json_means_looking_again(prefix: Path) -> None:
    (prefix / fresh.STATE).write_bytes(b"\xff")
    assert not is_fresh(prefix)


def test_a_source_tree_counts_without_what_builds_leave_there(tmp_path: Path) -> None:
    tree = tmp_path / "src"
    (tree / "pkg").mkdir(parents=True)
    (tree / "pkg/kernel.cu").write_text("one")
    seen = describe_input(str(tree))
    for noise in ("build/x.o", "pkg/__pycache__/a.pyc", "pkg.egg-info/PKG-INFO", ".git/HEAD"):
        (tree / noise).parent.mkdir(parents=True, exist_ok=True)
        (tree / noise).write_text("")
    assert is_unchanged(str(tree), seen)
    (tree / "pkg/kernel.cu").write_text("other")
    assert not is_unchanged(str(tree), seen)
    shutil.rmtree(tree)
    assert not is_unchanged(str(tree), seen)


def test_a_prefix_without_python_has_a_stamp(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").mkdir()
    before = prefix_stamp(str(tmp_path), None)
    (tmp_path / "conda-meta/tool-1-0.json").write_text("")
    assert prefix_stamp(str(tmp_path), None) != before


def test_only_the_standard_library_and_source_trees_are_imported() -> None:
    tree = ast.parse(Path(fresh.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    modules = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    # What the others import is tested with them.
    others = {name for name in modules if name.split(".")[0] not in sys.stdlib_module_names}
    assert others == {"interlock.core.globs", "interlock.core.sources"}


def test_inputs_are_the_same_until_one_changes_or_the_record_is_damaged(prefix: Path) -> None:
    state = read_state(str(prefix))
    assert state is not None
    assert has_same_inputs(state)
    (prefix.parent / "pyproject.toml").write_text("new")
    assert not has_same_inputs(state)
    here = str(prefix.parent / "pyproject.toml")
    for inputs in (1, None, {here: []}, {here: 1}, {here: None}):
        assert not has_same_inputs({"inputs": inputs})
    assert not has_same_inputs({})


def test_an_environment_is_usable_once_its_install_ended(tmp_path: Path) -> None:
    prefix = tmp_path / "default"
    assert not is_usable(str(prefix))
    (prefix / "conda-meta").mkdir(parents=True)
    for complete in (False, True):
        save_state(prefix, State(environment="default", platform="linux-64", complete=complete))
        assert is_usable(str(prefix)) is complete
    (prefix / fresh.STATE).unlink()
    (prefix / "conda-meta/python-3.12-0.json").touch()
    assert is_usable(str(prefix))
