"""Files that a killed install left are removed, and nothing else is."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.install.journal import Journal
from interlock.install.state import State, load_state
from interlock.install.unfinished import _EXACTNESS, remove_unowned
from interlock_hooks.testing.files import write_tree

SITE = "lib/python3.12/site-packages"


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A conda package, a distribution, a file of the user's, and what an install began to link and to remove."""
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path / "cache"))
    paths = [{"_path": path} for path in ("share/new/data", "site-packages/new.py", "share/both", "../out")]
    link = {"noarch": {"type": "python", "entry_points": ["new = new:main"]}}
    info = {"paths.json": json.dumps({"paths": paths}), "link.json": json.dumps(link)}
    write_tree(tmp_path / "cache/pkgs/new-1.0-0/info", info)
    record = {
        "name": "lib", "version": "1.0", "build": "0", "build_number": 0, "subdir": "noarch", "fn": "lib-1.0-0.conda",
        "url": "https://conda.example/noarch/lib-1.0-0.conda", "channel": "c", "depends": [],
        "files": ["share/both"], "paths_data": {"paths": []},
    }  # fmt: skip
    write_tree(tmp_path / "prefix", {
        "conda-meta/lib-1.0-0.json": json.dumps(record),
        "share/both": "", "share/new/data": "", "share/user": "",
        "bin/new": "",
        f"{SITE}/new.py": "",
        f"{SITE}/__pycache__/new.cpython-312.pyc": "",
        f"{SITE}/old/gone.py": "", f"{SITE}/old/kept.py": "",
        f"{SITE}/app-1.0.dist-info/RECORD": "old/kept.py,sha256=x,1\napp-1.0.dist-info/RECORD,,\n",
        f"{SITE}/app-1.0.dist-info/INSTALLER": "uv",
    })  # fmt: skip
    (tmp_path / "out").write_text("")
    return tmp_path / "prefix"


def files(prefix: Path) -> set[str]:
    return {path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if not path.is_dir()}


def test_what_has_an_owner_and_what_is_the_users_stays(prefix: Path) -> None:
    before = files(prefix)
    leaving = (f"{SITE}/old/gone.py", f"{SITE}/old/kept.py", "../out", "/etc/hosts", "conda-meta/lib-1.0-0.json")
    state = State(environment="e", platform="linux-64", site_packages=SITE, linking=("new-1.0-0",), leaving=leaving)
    remove_unowned(prefix, state)
    gone = {"share/new/data", "bin/new", f"{SITE}/new.py", f"{SITE}/__pycache__/new.cpython-312.pyc"}
    assert before - files(prefix) == {*gone, f"{SITE}/old/gone.py"}
    assert not (prefix / "share/new").exists()
    assert (prefix.parent / "out").exists()


def test_nothing_is_removed_through_a_link(prefix: Path) -> None:
    elsewhere = prefix.parent / "elsewhere"
    write_tree(elsewhere, {"data": ""})
    (prefix / "share/linked").symlink_to(elsewhere)
    remove_unowned(prefix, State(environment="e", platform="linux-64", leaving=("share/linked/data",)))
    assert (elsewhere / "data").exists()


def test_an_install_that_had_announced_nothing_leaves_all(prefix: Path) -> None:
    before = files(prefix)
    remove_unowned(prefix, State(environment="e", platform="linux-64", site_packages=SITE))
    assert files(prefix) == before


def test_temporary_files_of_killed_engines_go(prefix: Path) -> None:
    theirs = {"bin/.tmpmRi8nF": "", f"{SITE}/.tmpA1b2C3/app.py": "", f"{SITE}/app-1.0.dist-info/.tmp000000": ""}
    users = {"share/.tmp": "", "share/.tmp-notes1": "", "share/.tmpmRi8nF.txt": "", "share/.tmpowned": ""}
    record = prefix / SITE / "app-1.0.dist-info/RECORD"
    record.write_text(f"{record.read_text()}../../../share/.tmpowned,,\n", encoding="utf-8")
    before = files(prefix)
    write_tree(prefix, {**theirs, **users})
    remove_unowned(prefix, State(environment="e", platform="linux-64", site_packages=SITE))
    assert files(prefix) == before | users.keys()
    assert not (prefix / SITE / ".tmpA1b2C3").exists()


def test_what_is_older_than_the_install_is_the_users(prefix: Path) -> None:
    moment = time.time_ns()
    Journal(prefix, State(environment="e", platform="linux-64")).begin()
    known = load_state(prefix)
    assert known is not None
    assert moment <= known.began <= time.time_ns()
    names = {"share/.tmpFile00": "", "share/.tmpTree00/data": ""}
    write_tree(prefix, names)
    times = [(prefix / name).lstat().st_ctime_ns for name in (*names, "share/.tmpTree00")]
    began, before_all = max(times) + _EXACTNESS + 1, min(times)
    state = State(environment="e", platform="linux-64", site_packages=SITE, began=began)
    before = files(prefix)
    remove_unowned(prefix, state)
    assert files(prefix) == before
    remove_unowned(prefix, replace(state, began=before_all))
    assert before - files(prefix) == names.keys()
