"""The store of built wheels: what is kept, shown, checked and removed, and stores that are shared."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from interlock.core.counting import counted
from interlock_hooks.testing.sdists import Backend
from kit.project import Project

pytestmark = pytest.mark.scenario


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose build packages and prefixes are of its own: here they are counted, damaged and removed."""
    project.own("layers")
    project.own("prefixes")
    return project


@pytest.fixture
def built(project: Project) -> Project:
    """A project with two packages that were built, one of which imported another distribution."""
    project.index.wheel("helper", "1.0")
    project.index.sdist("ext", "1.0", backend=Backend(requires=["helper"], imports=["helper"]))
    project.index.sdist("other", "2.0")
    project.declare("ext", "other")
    project.install().ok()
    return project


def wheels(project: Project) -> list[Path]:
    return sorted((project.cache / "wheels").rglob("*.whl"), key=lambda path: path.name)


def reinstall(project: Project) -> dict[str, bool]:
    """Install again from nothing but lock and caches; which packages came from the store."""
    shutil.rmtree(project.root / ".interlock", ignore_errors=True)
    return {entry["name"]: entry["from_store"] for entry in project.install().ok().json["built"]}


def test_stored_wheels_are_listed_and_what_they_were_built_from_is_shown(built: Project) -> None:
    listed = built.run("cache", "list", "--json").ok().json
    assert {(entry["name"], entry["version"]) for entry in listed["wheels"]} == {("ext", "1.0"), ("other", "2.0")}
    assert all(Path(entry["wheel"]).is_file() and len(entry["key"]) == 64 for entry in listed["wheels"])
    text = built.run("cache", "list").ok().out
    assert "ext" in text
    assert "helper" in text
    assert "2 wheels, " in text
    (entry,) = built.run("cache", "show", "Ext", "--json").ok().json["wheels"]
    assert list(entry["imports"]) == ["helper"]
    for beginning in (entry["key"][:12], entry["sha256"][:12].upper()):
        assert built.run("cache", "show", beginning, "--json").ok().json["wheels"] == [entry]
    text = built.run("cache", "show", "ext").ok().out
    for expected in (entry["key"], entry["wheel"], "helper", "ext-1.0.tar.gz"):
        assert expected in text
    finding = built.run("cache", "show", "othr", "--json").failed(2, "IL192")
    assert "other" in finding["fix"]
    assert "ext, other" in finding["why"]


def test_what_is_known_of_wheels_from_indexes_is_shown_and_removed(project: Project) -> None:
    project.own("wheel-files")
    project.index.wheel("app", "1.0")
    project.declare("app")
    project.install().ok()
    (kept,) = (project.cache / "wheel-files" / "v1").iterdir()
    listed = project.run("cache", "list", "--json").ok().json["wheel_files"]
    assert listed == {"path": str(kept.parent), "wheels": 1, "size": kept.stat().st_size}
    assert (
        f"1 list of the files in a wheel, {listed['size']} B, in {kept.parent}" in project.run("cache", "list").ok().out
    )
    assert project.run("cache", "prune", "--days", "0", "--json").ok().json["wheel_files"] == [str(kept)]
    assert project.run("cache", "list", "--json").ok().json["wheel_files"]["wheels"] == 0


def test_what_builds_are_made_with_is_downloaded_and_installed_once(built: Project) -> None:
    kept = built.run("cache", "list", "--json").ok().json["build_packages"]
    assert any("helper 1.0" in entry["packages"] for entry in kept)
    asked = len(built.index.served.requests)
    assert set(rebuild(built).values()) == {False}
    assert built.index.served.requests[asked:] == []
    assert built.run("cache", "list", "--json").ok().json["build_packages"][0].keys() == kept[0].keys()
    assert f"{counted(len(kept), 'layer')} of packages for builds, in" in built.run("cache", "list").ok().out
    file = next(Path(entry["path"]) for entry in kept if "helper 1.0" in entry["packages"]) / "lib"
    damaged = next(file.rglob("helper/__init__.py"))
    # A new file: the old one is also in uv's cache, which other tests use.
    damaged.parent.chmod(0o755)
    damaged.unlink()
    damaged.write_text("raise ImportError")
    assert "helper" in built.run("cache", "verify", "--json").failed(4, "IL580")["what"]
    assert set(rebuild(built).values()) == {False}
    assert len(built.run("cache", "prune", "--days", "0", "--json").ok().json["build_packages"]) == len(kept)
    assert built.run("cache", "verify", "--json").ok().json["build_packages"] == 0


def rebuild(project: Project) -> dict[str, bool]:
    """Install again without built wheels."""
    shutil.rmtree(project.cache / "wheels")
    return reinstall(project)


def test_an_empty_store(project: Project) -> None:
    assert project.run("cache", "list", "--json").ok().json["wheels"] == []
    assert "0 wheels" in project.run("cache", "list").ok().out
    assert project.run("cache", "verify", "--json").ok().json["verified"] == 0
    assert project.run("cache", "prune", "--days", "0", "--json").ok().json["removed"] == []
    finding = project.run("cache", "show", "ext", "--json").failed(2, "IL192")
    assert "empty" in finding["why"]


def test_damage_is_found_and_repaired(built: Project) -> None:
    assert built.run("cache", "verify", "--json").ok().json["verified"] == 2
    wheels(built)[0].write_bytes(b"damaged")
    finding = built.run("cache", "verify", "--json").failed(4, "IL580")
    assert "ext 1.0" in finding["what"]
    assert ": 1 wheel, none damaged" in built.run("cache", "verify").ok().out
    assert reinstall(built) == {"ext": False, "other": True}
    assert reinstall(built) == {"ext": True, "other": True}


def test_only_what_is_unused_is_pruned(built: Project) -> None:
    (entry,) = built.run("cache", "show", "ext", "--json").ok().json["wheels"]
    old = [*built.cache.rglob(f"{entry['key']}/*.json"), Path(entry["wheel"])]
    for path in old:
        os.utime(path, (1, 1))
    removed = built.run("cache", "prune", "--days", "30", "--json").ok().json["removed"]
    assert [found["name"] for found in removed] == ["ext"]
    assert [path.exists() for path in old] == [False, False]
    assert reinstall(built) == {"ext": False, "other": True}


def test_pruning_everything_leaves_what_is_installed(built: Project) -> None:
    abandoned = built.cache / "builds" / "ext-1234"
    (abandoned / "source").mkdir(parents=True)
    before = built.snapshot()
    removed = built.run("cache", "prune", "--days", "0", "--json").ok().json
    assert {entry["name"] for entry in removed["removed"]} == {"ext", "other"}
    assert removed["builds"] == [str(abandoned)]
    assert wheels(built) == []
    assert list((built.cache / "builds").iterdir()) == []
    assert built.snapshot() == before
    assert reinstall(built) == {"ext": False, "other": False}


@pytest.mark.parametrize("days", ["-1", "x", "1.5", ""])
def test_a_number_of_days_that_is_none(project: Project, days: str) -> None:
    result = project.run("cache", "prune", "--days", days)
    assert result.code == 2
    assert "Traceback" not in result.err


# -- shared stores ---------------------------------------------------------------------------------------------------

SHARED = "[tool.interlock.build]\nstore = [{{ url = '{place}', write = {write} }}]\n"


def declare(project: Project, place: Path | str, *, write: bool) -> None:
    project.declare("ext", extra=SHARED.format(place=place, write=str(write).lower()))


def test_a_team_shares_what_one_of_them_built(project: Project, tmp_path: Path) -> None:
    project.index.sdist("ext", "1.0", requires=["other"], backend=Backend())
    project.index.wheel("other", "1.0")
    declare(project, tmp_path / "team", write=True)
    project.install().ok()
    lock = project.lock_file.read_bytes()
    # Another user: nothing but the project, its lock, and the shared store.
    shutil.rmtree(project.cache)
    declare(project, "../team", write=False)
    assert reinstall(project) == {"ext": True}
    assert project.lock_file.read_bytes() == lock, "where wheels are kept is nothing that the lock answers"
    project.run("env", "lock", "--check").ok()


def test_the_variable_names_a_store_too(project: Project, tmp_path: Path) -> None:
    project.index.sdist("ext", "1.0")
    project.declare("ext")
    project.install(variables={"INTERLOCK_STORE": f"{tmp_path}/team,write"}).ok()
    assert len(list((tmp_path / "team").rglob("*.whl"))) == 1


def test_a_shared_store_that_does_not_work_is_a_warning(project: Project, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    project.index.sdist("ext", "1.0")
    declare(project, tmp_path / "file", write=True)
    result = project.install().ok()
    assert [(entry["code"], entry["severity"]) for entry in result.findings] == [("IL463", "warning")]
    assert project.versions() == {"ext": "1.0"}


def test_a_wheel_that_is_pruned_while_others_are_built_is_made_again(project: Project) -> None:
    wheels = project.cache / "wheels"
    pruning = f"import pathlib\nfor each in pathlib.Path({str(wheels)!r}).rglob('early-*.whl'): each.unlink()\n"
    project.index.sdist("early", "1.0")
    project.index.sdist("late", "1.0", backend=Backend(on_build=pruning))
    project.declare("early", "late", extra=f'[tool.interlock.build]\njobs = 1\nwritable = ["{wheels}"]\n')
    project.install().ok()
    assert project.versions() == {"early": "1.0", "late": "1.0"}
    assert len(list(wheels.rglob("early-*.whl"))) == 1


def test_a_wheel_that_names_its_environment_is_built_for_each(project: Project, tmp_path: Path) -> None:
    data = "import os; config['modules']['ext/place.txt'] = os.environ['CONDA_PREFIX'] + '/share/ext'"
    project.index.sdist("ext", "1.0", backend=Backend(on_build=data))
    project.index.sdist("plain", "1.0")
    environments = '[tool.pixi.environments]\none = { solve-group = "all" }\ntwo = { solve-group = "all" }\n'
    project.declare("ext", "plain", extra=environments)
    for name, stored in (("one", []), ("two", ["plain"])):
        prefix = project.root / ".interlock" / "envs" / name
        made = project.install("-e", name).ok().json["built"]
        assert [each["name"] for each in made if each["from_store"]] == stored
        place = next(prefix.glob("lib/python3.*/site-packages/ext/place.txt"))
        assert place.read_text() == f"{prefix}/share/ext"
    published = project.run("wheels", "publish", str(tmp_path / "index"), "-e", "one", "--json").ok()
    assert len(published.json["wheels"]) == 2
    assert [(each["code"], each["severity"]) for each in published.findings] == [("IL669", "warning")]
