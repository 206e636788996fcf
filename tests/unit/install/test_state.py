from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from interlock.install.fresh import STATE, is_unchanged, read_state
from interlock.install.state import State, identity_of, installed_package, load_state, save_state
from interlock_hooks.testing.files import write_tree
from interlock_hooks.types import Artifact, BuildMode, BuiltWheel, PyPIPackage


def package(**artifact: object) -> PyPIPackage:
    values = {"kind": "wheel", "url": "https://h.example/a.whl", **artifact}
    return PyPIPackage(name="a", version="1", artifact=Artifact(**values))  # type: ignore[arg-type]


def test_a_state_survives_being_written(tmp_path: Path) -> None:
    built = BuiltWheel(
        name="a",
        version="1",
        path=tmp_path,
        sha256="ff",
        mode=BuildMode.NO_ISOLATION,
        seconds=2.0,  # type: ignore[arg-type]
    )
    state = State(environment="e", platform="linux-64", python="3.12", site_packages="lib", prefix=str(tmp_path))
    state = state.with_packages(
        {"a": installed_package(package(kind="sdist"), built), "b": installed_package(package())}
    )
    save_state(tmp_path, state)
    assert load_state(tmp_path) == state
    assert state.pypi["a"].built == "no-isolation"
    assert state.without(["a"]).pypi.keys() == {"b"}


def test_there_is_no_state_where_nothing_was_installed(tmp_path: Path) -> None:
    assert load_state(tmp_path) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"site_packages": 1.5},
        {"site_packages": "lib\0"},
        {"site_packages": "/usr/lib/python3/dist-packages"},
        {"site_packages": "../../other/lib"},
        {"complete": "yes"},
        {"environment": None},
        {"pypi": []},
        {"pypi": {"a": {"version": 1, "identity": "x"}}},
        {"pypi": {"a": {"version": "1", "identity": "x", "colour": "red"}}},
    ],
)
def test_a_state_of_another_shape_is_none(tmp_path: Path, changes: dict[str, object]) -> None:
    save_state(tmp_path, State(environment="e", platform="linux-64"))
    place = tmp_path / STATE
    place.write_text(json.dumps(json.loads(place.read_text()) | changes))
    assert load_state(tmp_path) is None


def test_artifacts_are_told_apart() -> None:
    identities = {
        identity_of(package(sha256="aa")),
        identity_of(package(sha256="bb")),
        identity_of(package(kind="git", commit="cc")),
        identity_of(package(kind="directory", url="file:///x")),
        identity_of(package(kind="directory", url="file:///x", editable=True)),
        identity_of(package()),
    }
    assert len(identities) == 6


def test_what_is_editable_is_known_without_the_lock() -> None:
    place, wheel = (
        package(kind="directory", url="file:///x", editable=True),
        BuiltWheel(
            name="a",
            version="1",
            path=Path("a.whl"),
            sha256="ff",
            mode=BuildMode.ISOLATED,
            seconds=1.0,  # type: ignore[arg-type]
        ),
    )
    assert installed_package(place, wheel).editable
    assert not installed_package(package(kind="directory", url="file:///x"), wheel).editable


def test_an_input_that_changed_since_it_was_read_never_matches(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "interlock.lock"):
        (tmp_path / name).write_text("")
    state = State(environment="e", platform="linux-64", complete=True)
    now = time.time_ns()
    inputs = {tmp_path / "pyproject.toml": now - 10**12, tmp_path / "interlock.lock": now + 10**12}
    save_state(tmp_path, state, inputs=inputs)
    data = read_state(str(tmp_path))
    assert data is not None
    assert data["inputs"][str(tmp_path / "pyproject.toml")][2] == ""
    assert data["inputs"][str(tmp_path / "interlock.lock")][0] == 0


def test_an_input_that_was_replaced_by_an_older_file_never_matches(tmp_path: Path) -> None:
    manifest, older = tmp_path / "pyproject.toml", tmp_path / "older"
    for path in (manifest, older):
        path.write_text("")
        os.utime(path, ns=(1, 1))
    read_at = time.time_ns()
    while _written(tmp_path / "clock") <= read_at:
        pass
    older.replace(manifest)
    save_state(tmp_path, State(environment="e", platform="linux-64", complete=True), inputs={manifest: read_at})
    data = read_state(str(tmp_path))
    assert data is not None
    assert not is_unchanged(str(manifest), data["inputs"][str(manifest)])


def _written(path: Path) -> int:
    """The time of the file system, which goes on in steps."""
    path.write_text("")
    return path.stat().st_ctime_ns


def test_a_source_tree_that_changed_since_it_was_read_never_matches(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "tree", {"src/build/a.py": ""})
    state = State(environment="e", platform="linux-64", complete=True)
    for read_at, expected in ((time.time_ns() + 10**12, True), (time.time_ns() - 10**12, False)):
        save_state(tmp_path, state, inputs={tree: read_at})
        data = read_state(str(tmp_path))
        assert data is not None
        assert is_unchanged(str(tree), data["inputs"][str(tree)]) is expected
