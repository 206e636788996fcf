"""Installing: once, again, after a change, from a lock, and beside what conda provides."""

from __future__ import annotations

import shutil

import pytest

from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.files import write_tree
from interlock_hooks.testing.sdists import Backend, Source
from interlock_hooks.testing.shared import Shared
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario


@pytest.fixture
def simple(project: Project) -> Project:
    """A project with one conda package, one wheel and one sdist."""
    project.channel.add("libtool", "1.0", files={"share/libtool/data": "one"})
    project.channel.add("libtool", "2.0", files={"share/libtool/data": "two"})
    project.index.wheel("app", "1.0", requires=["lib"])
    project.index.wheel("app", "2.0", requires=["lib"])
    project.index.wheel("lib", "1.0")
    project.index.sdist("source", "1.0")
    project.declare("app==1.0", "source", conda={"libtool": "1.*"})
    return project


def test_a_second_install_changes_nothing_and_says_so(simple: Project) -> None:
    first = simple.install().ok()
    assert first.json["changed"] is True
    before = simple.snapshot()
    requests = len(simple.index.served.requests)
    second = simple.run("env", "install").ok()
    assert "up to date" in second.text
    assert simple.install().ok().json["changed"] is False
    assert simple.snapshot() == before
    assert len(simple.index.served.requests) == requests


def test_a_no_op_starts_neither_engine(simple: Project) -> None:
    simple.install().ok()
    blocked = "import sys\nsys.modules['rattler'] = None\nsys.modules['uv'] = None\n"
    simple.write(blocked, "block/sitecustomize.py")
    simple.run("env", "install", variables={"PYTHONPATH": str(simple.root / "block")}).ok()


def test_a_changed_pypi_requirement_changes_only_that(simple: Project) -> None:
    simple.install().ok()
    before = (simple.prefix / "bin" / "python").stat()
    simple.declare("app==2.0", "source", conda={"libtool": "1.*"})
    simple.install().ok()
    assert simple.versions() == {"app": "2.0", "lib": "1.0", "source": "1.0"}
    after = (simple.prefix / "bin" / "python").stat()
    # Not all of it: the number of links to a cached file changes whenever another test links it.
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_requirement_that_is_dropped_is_removed(simple: Project) -> None:
    simple.install().ok()
    simple.declare("source", conda={"libtool": "1.*"})
    simple.install().ok()
    assert simple.versions() == {"source": "1.0"}


def test_a_changed_conda_requirement_changes_only_that(simple: Project) -> None:
    simple.install().ok()
    app = (simple.site_packages / "app" / "__init__.py").stat().st_ino
    simple.declare("app==1.0", "source", conda={"libtool": "2.*"})
    simple.install().ok()
    assert (simple.prefix / "share/libtool/data").read_text() == "two"
    assert (simple.site_packages / "app" / "__init__.py").stat().st_ino == app


def test_versions_of_the_lock_are_kept(simple: Project) -> None:
    simple.declare("app", "source", conda={"libtool": "*"})
    simple.install().ok()
    assert simple.locked()["app"] == "2.0"
    simple.index.wheel("app", "3.0")
    simple.index.wheel("more", "1.0")
    simple.channel.add("libtool", "3.0")
    simple.declare("app", "source", "more", conda={"libtool": "*"})
    simple.install().ok()
    assert simple.locked() == {"app": "2.0", "lib": "1.0", "more": "1.0", "source": "1.0"}
    assert simple.conda_versions()["libtool"] == "2.0"


def test_a_lost_file_of_the_state_is_repaired(simple: Project) -> None:
    simple.install().ok()
    before = simple.versions()
    for state in (simple.prefix / "conda-meta").glob("interlock*"):
        state.unlink()
    simple.install().ok()
    assert simple.versions() == before


def test_locked_installs_a_lock_that_answers(simple: Project) -> None:
    simple.make_lock().ok()
    lock = simple.lock_file.read_bytes()
    simple.install("--locked").ok()
    assert simple.lock_file.read_bytes() == lock
    assert simple.versions()["app"] == "1.0"


def test_locked_refuses_a_lock_that_does_not_answer(simple: Project) -> None:
    simple.install().ok()
    simple.declare("app==2.0", "source", conda={"libtool": "1.*"})
    before = simple.snapshot()
    simple.install("--locked").failed(1, "IL6")
    assert simple.snapshot() == before


def test_locked_and_frozen_need_a_lock(simple: Project) -> None:
    simple.install("--locked").failed(1, "IL6")
    simple.install("--frozen").failed(1, "IL6")
    assert not simple.lock_file.exists()


def test_frozen_installs_the_lock_whatever_the_manifest_says(simple: Project) -> None:
    simple.make_lock().ok()
    simple.declare("app==2.0", conda={"libtool": "2.*"})
    simple.install("--frozen").ok()
    assert simple.versions() == {"app": "1.0", "lib": "1.0", "source": "1.0"}
    assert simple.conda_versions()["libtool"] == "1.0"


def test_frozen_needs_neither_repodata_nor_index_pages(simple: Project) -> None:
    simple.make_lock().ok()
    for repodata in simple.channel.folder.glob("*/repodata.json"):
        repodata.unlink()
    asked = len(simple.index.served.requests)
    simple.install("--frozen").ok()
    assert not [path for path in simple.index.served.requests[asked:] if "/simple/" in path]


def test_lock_check_tells_whether_the_lock_answers(simple: Project) -> None:
    simple.make_lock("--check").failed(1, "IL6")
    simple.make_lock().ok()
    simple.make_lock("--check").ok()
    simple.declare("app==2.0")
    lock = simple.lock_file.read_bytes()
    simple.make_lock("--check").failed(1, "IL6")
    assert simple.lock_file.read_bytes() == lock


def test_locking_again_gives_the_same_lock(simple: Project) -> None:
    simple.make_lock().ok()
    lock = simple.lock_file.read_bytes()
    simple.lock_file.unlink()
    simple.make_lock().ok()
    assert simple.lock_file.read_bytes() == lock


# -- what conda provides ---------------------------------------------------------------------------------------------


@pytest.fixture
def provided(project: Project) -> Project:
    """A conda channel with ``numeric`` 2.1.3, and an index with newer and older ones."""
    project.channel.add_distribution("numeric", "2.1.3", python=PYTHON)
    for version in ("1.26.0", "2.1.3", "2.5.0"):
        project.index.wheel("numeric", version)
    project.index.wheel("needsnum", "1.0", requires=["numeric<3"])
    project.index.wheel("needsnum", "2.0", requires=["numeric>=2.3"])
    project.index.wheel("needsnum", "3.0", requires=["numeric<2"])
    return project


def test_a_conda_distribution_is_resolved_against(provided: Project) -> None:
    provided.declare("needsnum", conda={"numeric": "2.1.*"})
    provided.install().ok()
    assert provided.versions() == {"needsnum": "1.0", "numeric": "2.1.3"}
    assert provided.python("import numeric; print(numeric.origin)") == "conda"


def test_a_conda_distribution_is_never_replaced(provided: Project) -> None:
    provided.declare("numeric", conda={"numeric": "2.1.*"})
    provided.install().ok()
    installer = next(provided.site_packages.glob("numeric-*.dist-info")) / "INSTALLER"
    assert installer.read_text().strip() == "conda"
    provided.declare(conda={"numeric": "2.1.*"})
    provided.install().ok()
    assert provided.python("import numeric; print(numeric.origin)") == "conda"


def test_both_halves_of_a_conflict_are_told(provided: Project) -> None:
    provided.declare("needsnum==2.0", conda={"numeric": "2.1.*"})
    finding = provided.install().failed(1, "IL")
    story = str(finding)
    assert "numeric" in story
    assert "needsnum" in story
    assert not provided.lock_file.exists()


def test_sdists_see_what_conda_provides_without_isolation(provided: Project) -> None:
    provided.index.sdist("ext", "1.0", requires=["numeric"], backend=Backend(imports=["numeric"]))
    provided.declare("ext", conda={"numeric": "2.1.*"}, pypi_options={"no-build-isolation": ["ext"]})
    provided.install().ok()
    assert provided.built("ext")["imports"] == {"numeric": "2.1.3"}


# -- kinds of sources ------------------------------------------------------------------------------------------------


def test_packages_of_other_sources_install(project: Project) -> None:
    Source(name="beside", version="1.0").write_tree(project.root / "beside")
    Source(name="edited", version="1.0").write_tree(project.root / "edited")
    extra = """
    [tool.pixi.pypi-dependencies]
    beside = { path = "beside" }
    edited = { path = "edited", editable = true }
    """
    project.declare(extra=extra)
    project.install().ok()
    assert project.versions() == {"beside": "1.0", "edited": "1.0"}
    (project.root / "edited/src/edited/__init__.py").write_text("__version__ = 'edited in place'\n")
    assert project.python("import edited; print(edited.__version__)") == "edited in place"


# A build whose module is what a file of the source tree says, wherever that file lies.
FROM_A_FILE = Backend(on_build="config['modules']['own/__init__.py'] = open('src/build/a.py').read()")


@pytest.mark.parametrize("place", ["libs/own", "."])
def test_a_change_anywhere_in_the_source_of_a_path_dependency_is_built(project: Project, place: str) -> None:
    source = Source(name="own", version="1.0", backend=FROM_A_FILE, files={"src/build/a.py": "value = 1"})
    tree = source.write_tree(project.root / place)
    table = f'[tool.pixi.pypi-dependencies]\nown = {{ path = "{place}" }}\n'
    # In the second case the manifest is that of the package as well, as it often is.
    system = '[build-system]\nrequires = []\nbuild-backend = "kit_backend"\nbackend-path = ["."]\n'
    manifest = project.declare(extra=table + system)
    manifest.write_text(manifest.read_text().replace('"under-test"', '"own"').replace('"0.1.0"', '"1.0"'))
    project.install().ok()
    made = {"build/x.o": "", "dist/own-1.0.tar.gz": "", "src/own.egg-info/PKG-INFO": "", "sub/.pixi/envs/e": ""}
    write_tree(tree, {**made, ".git/HEAD": "", "src/build/__pycache__/a.pyc": ""})
    assert "up to date" in project.run("env", "install").ok().text

    (tree / "src/build/a.py").write_text("value = 2")
    (wheel,) = project.install().ok().json["built"]
    assert not wheel["from_store"]
    assert project.python("import own; print(own.value)") == "2"
    assert "up to date" in project.run("env", "install").ok().text


@pytest.mark.disk  # its build may write to its tree, and needs no other right
def test_what_an_editable_build_leaves_in_its_tree_is_no_change_of_it(project: Project) -> None:
    leaving = "import pathlib; pathlib.Path('build').mkdir(exist_ok=True); pathlib.Path('src/x.so').touch()"
    Source(name="own", version="1.0", backend=Backend(on_metadata=leaving)).write_tree(project.root / "own")
    project.declare(extra='[tool.pixi.pypi-dependencies]\nown = { path = "own", editable = true }\n')
    project.install().ok()
    assert (project.root / "own/src/x.so").is_file()
    assert "up to date" in project.run("env", "install").ok().text


def test_extras_groups_and_markers_are_followed(project: Project) -> None:
    project.index.wheel("app", "1.0", extras={"fast": ["speed"], "slow": ["snail"]})
    project.index.wheel("speed", "1.0")
    project.index.wheel("never", "1.0")
    project.declare("app[fast]", "never; sys_platform == 'win32'")
    project.install().ok()
    assert project.versions() == {"app": "1.0", "speed": "1.0"}


def test_markers_that_mean_nothing_outside_of_a_lock_file_are_read_as_uv_reads_them(project: Project) -> None:
    project.index.wheel("app", "1.0")
    project.index.wheel("never", "1.0")
    project.declare("app; 'x' not in extras", "never; 'x' in dependency_groups")
    project.install().ok()
    assert project.versions() == {"app": "1.0"}
    project.run("env", "tree").ok()


def test_a_pixi_toml_works_alike(project: Project) -> None:
    project.index.wheel("app", "1.0")
    project.write(
        f"""
        [workspace]
        name = "under-test"
        channels = ["{project.channel.url}"]
        platforms = ["linux-64"]

        [dependencies]
        python = "{PYTHON}.*"

        [pypi-dependencies]
        app = "*"

        [pypi-options]
        index-url = "{project.index.url}"
        """,
        "pixi.toml",
    )
    project.install().ok()
    assert project.versions() == {"app": "1.0"}


def test_a_conda_package_at_a_path_that_was_replaced_is_installed(project: Project, shared: Shared) -> None:
    file = project.root / "foo-1.0-0.conda"
    for text in ("one", "two"):
        channel = Channel(project.root.parent / text, shared.packages)
        shutil.copy(channel.add("foo", "1.0", build="0", files={"share/foo": text}), file)
        project.declare(conda={"foo": {"path": file.name}})
        if project.lock_file.exists():
            project.install("--locked").failed(1, "IL606")
        project.install().ok()
        assert (project.prefix / "share/foo").read_text() == text
        assert project.install().ok().json["changed"] is False
