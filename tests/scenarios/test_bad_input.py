"""Bad input: each gives a finding and its exit code, and leaves what stood before as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from interlock_hooks.testing.channel import PLATFORM
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.sdists import Backend
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

NOBODY = "http://127.0.0.1:9"


def with_an_environment(project: Project) -> Project:
    """A project with an environment that works."""
    project.index.wheel("app", "1.0")
    project.channel.add("libtool", "1.0", files={"share/libtool/data": "one"})
    project.declare("app", conda={"libtool": "1.*"})
    project.install().ok()
    return project


@pytest.fixture
def standing(project: Project) -> Project:
    """Such a project for one test."""
    return with_an_environment(project)


@pytest.fixture(scope="module")
def kept(kept_project: Project) -> Project:
    """Such a project for all tests of what changes nothing but the manifest."""
    return with_an_environment(kept_project)


def still_works(project: Project) -> bool:
    return project.python("import app; print(app.__version__)") == "1.0"


# -- what cannot be satisfied ----------------------------------------------------------------------------------------


def test_a_conda_request_without_a_solution(kept: Project) -> None:
    kept.channel.add("needy", "1.0", depends=["libtool >=7"])
    kept.declare("app", conda={"libtool": "1.*", "needy": "*"})
    before = kept.snapshot()
    finding = kept.install().failed(1, "IL2")
    assert "needy" in str(finding)
    assert "libtool" in str(finding)
    assert kept.snapshot() == before
    assert still_works(kept)


def test_a_conda_package_that_does_not_exist(kept: Project) -> None:
    kept.declare("app", conda={"libtol": "*"})
    before = kept.snapshot()
    finding = kept.install().failed(1, "IL2")
    assert "libtol" in str(finding)
    assert kept.snapshot() == before


def test_a_virtual_package_that_the_machine_lacks(standing: Project) -> None:
    standing.channel.add("driven", "1.0", depends=["__cuda >=12"])
    standing.declare("app", conda={"driven": "*"})
    finding = standing.install(variables={"CONDA_OVERRIDE_CUDA": "11.8"}).failed(1, "IL2")
    assert "__cuda" in str(finding)
    declared = "[tool.pixi.system-requirements]\ncuda = '12'\n"
    standing.declare("app", conda={"driven": "*"}, extra=declared)
    standing.install(variables={"CONDA_OVERRIDE_CUDA": "11.8"}).ok()


def test_pypi_requirements_that_contradict(kept: Project) -> None:
    kept.index.wheel("one", "1.0", requires=["lib<2"])
    kept.index.wheel("two", "1.0", requires=["lib>=2"])
    for version in ("1.0", "2.0"):
        kept.index.wheel("lib", version)
    kept.declare("app", "one", "two", conda={"libtool": "1.*"})
    before = kept.snapshot()
    finding = kept.install().failed(1, "IL3")
    assert "lib" in str(finding)
    assert kept.snapshot() == before
    assert still_works(kept)


def test_a_pypi_package_that_does_not_exist(kept: Project) -> None:
    kept.declare("app", "surely-missing")
    before = kept.snapshot()
    assert "surely-missing" in str(kept.install().failed(1, "IL3"))
    assert kept.snapshot() == before
    assert still_works(kept)


def test_a_python_that_requires_python_excludes(standing: Project) -> None:
    standing.declare("app", extra="")
    text = (standing.root / "pyproject.toml").read_text()
    standing.write(text.replace("[project]", '[project]\nrequires-python = "<3"'))
    (finding,) = standing.install().ok().findings
    assert (finding["code"], finding["severity"]) == ("IL216", "warning")
    assert "requires-python = '<3'" in finding["what"]


# -- what cannot be reached ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["file:///nowhere/channel", f"{NOBODY}/channel"])
def test_an_unreachable_channel(kept: Project, place: str) -> None:
    kept.declare("app", conda={"libtool": "1.*"}, workspace={"channels": [place]})
    before = kept.snapshot()
    finding = kept.install().failed(1, "IL2")
    assert place.rsplit("/", 1)[0] in str(finding)
    assert kept.snapshot() == before
    assert still_works(kept)


def test_an_unreachable_index(kept: Project) -> None:
    kept.declare("app", conda={"libtool": "1.*"}, pypi_options={"index-url": f"{NOBODY}/simple/"})
    before = kept.snapshot()
    finding = kept.install(variables={"UV_HTTP_RETRIES": "0"}).failed(1, "IL3")
    assert NOBODY in str(finding)
    assert kept.snapshot() == before
    assert still_works(kept)


# -- what is not what it was -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_distribution_that_changed_since_it_was_locked(standing: Project, kind: str) -> None:
    offer = standing.index.wheel if kind == "wheel" else standing.index.sdist
    offer("more", "1.0")
    standing.declare("app", "more", conda={"libtool": "1.*"})
    standing.make_lock().ok()
    offer("more", "1.0", modules={"more/__init__.py": "# another content under the same name\n"})
    # An sdist was read when it was locked: its content must not come from a cache.
    fresh = {"XDG_CACHE_HOME": str(standing.root / "fresh"), "INTERLOCK_CACHE_DIR": str(standing.root / "fresh")}
    finding = standing.install("--locked", variables=fresh).failed(4, "IL5")
    assert "more" in str(finding)
    assert "more" not in standing.versions()
    assert still_works(standing)


def test_a_wheel_that_is_damaged_since_it_was_locked(standing: Project) -> None:
    file = standing.index.wheel("more", "1.0")
    standing.declare("app", "more", conda={"libtool": "1.*"})
    standing.make_lock().ok()
    # Too damaged to be unpacked: uv fails before it compares hashes.
    file.write_bytes(b"not a wheel")
    fresh = {"XDG_CACHE_HOME": str(standing.root / "fresh"), "INTERLOCK_CACHE_DIR": str(standing.root / "fresh")}
    finding = standing.install("--locked", variables=fresh).failed(4, "IL501")
    assert "more" in str(finding)
    assert "interlock env update" in finding["fix"]
    assert still_works(standing)


def test_a_conda_package_that_changed_since_it_was_locked(standing: Project) -> None:
    file = standing.channel.add("brittle", "1.0", files={"share/brittle": "x"})
    standing.declare("app", conda={"libtool": "1.*", "brittle": "*"})
    standing.make_lock().ok()
    # Replaced, not changed in place: the file is shared with the store of the test run.
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content + b"spoilt")
    finding = standing.install("--locked").failed(4, "IL5")
    assert "brittle" in str(finding)
    assert "brittle" not in standing.conda_versions()
    assert still_works(standing)


def test_a_lock_that_is_damaged(standing: Project) -> None:
    lock = standing.lock_file.read_text()
    standing.lock_file.write_text(lock[: len(lock) // 2] + "\n<<<<<<< ours\n")
    finding = standing.install("--frozen").failed(1, "IL6")
    assert finding["where"]["file"].endswith("interlock.lock")
    assert still_works(standing)


# -- the prefix ------------------------------------------------------------------------------------------------------


def test_a_file_where_the_prefix_should_be(project: Project) -> None:
    project.declare()
    (project.root / ".interlock").write_text("in the way")
    finding = project.install().failed(1, "IL6")
    assert ".interlock" in str(finding)
    assert (project.root / ".interlock").read_text() == "in the way"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_prefix_that_is_read_only(standing: Project) -> None:
    standing.index.wheel("more", "1.0")
    standing.declare("app", "more", conda={"libtool": "1.*"})
    folders = [Path(folder) for folder, _, _ in os.walk(standing.prefix)]
    for folder in folders:
        folder.chmod(0o555)
    try:
        standing.install().failed(1, "IL6")
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert still_works(standing)


def test_a_directory_that_is_not_an_environment_is_left_alone(project: Project) -> None:
    project.declare()
    project.prefix.mkdir(parents=True)
    (project.prefix / "thesis.txt").write_text("the only copy")
    project.install()
    assert (project.prefix / "thesis.txt").read_text() == "the only copy"


# -- manifests -------------------------------------------------------------------------------------------------------

MANIFEST = """\
[project]
name = "under-test"
version = "1.0"

[tool.pixi.workspace]
channels = ["CHANNEL"]
platforms = ["linux-64"]

[tool.pixi.dependencies]
python = "*"
"""


@pytest.mark.parametrize(
    ("change", "line", "mentioned"),
    [
        pytest.param(('python = "*"', 'python = "*'), 10, "", id="syntax"),
        pytest.param(("tool.pixi.dependencies", "tool.pixi.dependancies"), 9, "dependencies", id="table"),
        pytest.param(("platforms = ", "platfroms = "), 7, "platforms", id="key"),
        pytest.param(('python = "*"', 'python = "*"\n[tool.uv]\nno-bild = true'), 12, "no-build", id="uv"),
        pytest.param(("linux-64", "linux-65"), 7, "linux-64", id="platform"),
        pytest.param(('["linux-64"]', '"linux-64"'), 7, "array", id="type"),
        pytest.param(('python = "*"', 'python = "=>3.."'), 10, "python", id="conda-spec"),
        pytest.param(('version = "1.0"', 'version = "1.0"\ndependencies = ["a=>1"]'), 4, "a=>1", id="requirement"),
        pytest.param(('python = "*"', 'python = "*"\n\n[tool.interlock.bild]\njobs = 1'), 12, "build", id="interlock"),
    ],
)
def test_malformed_manifests(project: Project, change: tuple[str, str], line: int, mentioned: str) -> None:
    text = MANIFEST.replace(*change).replace("CHANNEL", project.channel.url)
    project.write(text)
    finding = project.install().failed(2, "IL1")
    assert finding["where"]["file"].endswith("pyproject.toml")
    assert finding["where"]["line"] == line
    assert mentioned in str(finding)
    assert not project.lock_file.exists()


def test_a_platform_that_the_manifest_does_not_have(project: Project) -> None:
    project.declare(workspace={"platforms": ["osx-arm64"]})
    finding = project.install().failed(2, "IL1")
    assert "linux-64" in str(finding)


def test_no_manifest_at_all(project: Project) -> None:
    project.install().failed(2, "IL1")
    project.run("env", "install", "--json", "--manifest-path", "nowhere.toml").failed(2, "IL1")


def test_an_environment_that_is_not_declared(project: Project) -> None:
    project.declare()
    assert "tets" in str(project.install("-e", "tets").failed(2, "IL1"))


def test_a_malformed_manifest_leaves_the_environment(kept: Project) -> None:
    before = kept.snapshot()
    kept.write("[project\n")
    kept.install().failed(2, "IL1")
    assert kept.snapshot() == before
    assert still_works(kept)


# -- builds ----------------------------------------------------------------------------------------------------------


def compiled_sdist(index: Index) -> None:
    """An sdist with a C extension."""
    setup = """
from setuptools import Extension, setup
setup(name="compiled", version="1.0", ext_modules=[Extension("compiled", ["compiled.c"])])
"""
    source = """
#include <Python.h>
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "compiled", NULL, -1, NULL};
PyMODINIT_FUNC PyInit_compiled(void) { return PyModule_Create(&module); }
"""
    index.sdist("compiled", "1.0", setup_py=setup, modules={"compiled.c": source})


def test_a_missing_compiler(standing: Project) -> None:
    compiled_sdist(standing.index)
    extra = '[tool.uv.extra-build-variables]\ncompiled = { CC = "no-such-compiler" }\n'
    standing.declare("app", "compiled", conda={"libtool": "1.*"}, extra=extra)
    finding = standing.install().failed(3, "IL4")
    assert "no-such-compiler" in str(finding)
    assert still_works(standing)


def test_code_that_does_not_compile(standing: Project) -> None:
    compiled_sdist(standing.index)
    extra = '[tool.uv.extra-build-variables]\ncompiled = { CFLAGS = "-include no-such-header.h" }\n'
    standing.declare("app", "compiled", conda={"libtool": "1.*"}, extra=extra)
    finding = standing.install().failed(3, "IL4")
    assert "no-such-header.h" in "".join(finding["details"])


@pytest.mark.parametrize(
    "backend",
    [
        pytest.param(Backend.failing("this build cannot be"), id="exits"),
        pytest.param(Backend(on_build="raise ValueError('this build cannot be')"), id="raises"),
        pytest.param(
            Backend(on_build="import os, sys; print('this build cannot be', flush=True); os._exit(7)"), id="dies"
        ),
    ],
)
def test_a_failing_backend(standing: Project, backend: Backend) -> None:
    standing.index.sdist("broken", "1.0", backend=backend)
    standing.declare("app", "broken", conda={"libtool": "1.*"})
    result = standing.install()
    finding = result.failed(3, "IL4")
    assert "broken" in finding["what"]
    assert "this build cannot be" in Path(finding["log"]).read_text()
    assert finding["log"] in result.err
    assert still_works(standing)
    assert "broken" not in standing.versions()
    standing.declare("app", conda={"libtool": "1.*"})
    standing.install().ok()


def test_a_backend_that_is_missing(standing: Project) -> None:
    pyproject = '[build-system]\nrequires = []\nbuild-backend = "surely_missing.backend"\n'
    standing.index.sdist("broken", "1.0", setup_py="", pyproject=pyproject)
    standing.declare("app", "broken", conda={"libtool": "1.*"})
    assert "surely_missing" in str(standing.install().failed(3, "IL4"))
    assert still_works(standing)


def test_a_build_requirement_that_does_not_exist(standing: Project) -> None:
    standing.index.sdist("broken", "1.0", backend=Backend(requires=["surely-missing"]))
    standing.declare("app", "broken", conda={"libtool": "1.*"})
    result = standing.install()
    assert result.code in (1, 3), str(result)
    assert "surely-missing" in str(result.findings)
    assert still_works(standing)


def test_an_sdist_that_reaches_outside(standing: Project) -> None:
    standing.index.sdist("broken", "1.0", files={"../../outside": "x"})
    standing.declare("app", "broken", conda={"libtool": "1.*"})
    result = standing.install()
    assert result.code in (1, 3, 4), str(result)
    assert "broken" in str(result.findings)
    assert not list(standing.root.parent.rglob("outside"))
    assert still_works(standing)


def test_an_sdist_with_a_link_out_of_its_tree(standing: Project) -> None:
    standing.index.sdist("broken", "1.0", links={"src/secret": "/etc/hostname"})
    standing.declare("app", "broken", conda={"libtool": "1.*"})
    result = standing.install()
    assert result.code in (1, 3, 4), str(result)
    assert "link" in str(result.findings)
    assert still_works(standing)


def test_a_build_that_exceeds_its_time(standing: Project) -> None:
    standing.index.sdist("broken", "1.0", backend=Backend(on_build="import time; time.sleep(600)"))
    standing.declare("app", "broken", conda={"libtool": "1.*"}, extra="[tool.interlock.build]\ntimeout = 1\n")
    finding = standing.install().failed(3, "IL4")
    assert "broken" in finding["what"]
    assert still_works(standing)


def test_one_failure_keeps_the_other_builds(standing: Project) -> None:
    standing.index.sdist("good", "1.0")
    standing.index.sdist("broken", "1.0", backend=Backend.failing())
    standing.declare("app", "good", "broken", conda={"libtool": "1.*"})
    standing.install().failed(3, "IL4")
    standing.declare("app", "good", conda={"libtool": "1.*"})
    result = standing.install().ok()
    assert [(wheel["name"], wheel["from_store"]) for wheel in result.json["built"]] == [("good", True)]


def test_the_interpreter_of_the_tests_is_the_one_that_is_installed(kept: Project) -> None:
    assert kept.python("import sys; print('%d.%d' % sys.version_info[:2])") == PYTHON


def test_an_environment_that_cannot_be_had_leaves_the_others_alone(project: Project) -> None:
    project.index.wheel("app", "1.0")
    extra = """
    [tool.pixi.feature.ros.dependencies]
    robo = { path = "robo" }
    [tool.pixi.environments]
    ros = ["ros"]
    """
    project.declare("app", extra=extra)
    finding = project.make_lock().failed(2, "IL114")
    assert finding["details"] == [f"not locked because of this: ros on {PLATFORM}"]
    assert project.locked() == {"app": "1.0"}
    done = project.install("--locked").ok()
    assert [(each["code"], each["severity"]) for each in done.findings] == [("IL114", "warning")]
    before = project.snapshot()
    project.install("-e", "ros").failed(2, "IL114")
    project.make_lock("--check").failed(2, "IL114")
    assert project.snapshot() == before
